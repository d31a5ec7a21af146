import {userKubeconfig} from '../resources/user-kubeconfig.ts'
import type {Phase} from './phase.ts'

export const userKubeconfigPhase: Phase = {
  name: 'user-kubeconfig',
  title: 'Make kubectl work there',
  why: 'the person who logs in on the control plane can use the cluster at once',
  where: 'first',
  resources: ({facts}) => [userKubeconfig({home: facts.user.home, uid: facts.user.uid, gid: facts.user.gid})],
}
