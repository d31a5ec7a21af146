import {ADMIN_CONF} from '../../domain/paths.ts'
import {userKubeconfig} from '../../resources/pki/user-kubeconfig.ts'
import type {Phase} from '../phase.ts'

export const userKubeconfigPhase: Phase = {
  name: 'user-kubeconfig',
  title: 'Set up kubectl for the login user',
  why: 'you can run kubectl as soon as you log in on the control plane',
  where: 'initial-control-plane',
  byHand: ({facts: {user}}) =>
    `sudo install -m 600 -o ${String(user.uid)} -g ${String(user.gid)} ${ADMIN_CONF} ${user.home}/admin.conf; export KUBECONFIG=${user.home}/admin.conf`,
  resources: ({facts}) => [userKubeconfig({home: facts.user.home, uid: facts.user.uid, gid: facts.user.gid})],
}
