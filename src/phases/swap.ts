import {swapOff} from '../resources/swap-off.ts'
import type {Phase} from './phase.ts'

export const swapPhase: Phase = {
  name: 'swap',
  title: 'Turn swap off for good',
  why: 'the scheduler counts real memory; a node that swaps breaks its promises slowly, and the kubelet refuses to start on one',
  when: ({cluster, facts}) => {
    if (cluster.swap === 'keep') return 'the file says to keep swap'
    return facts.swap.every(({kind}) => kind === 'outside') ? 'there is none of this host' : true
  },
  resources: ({facts}) => [
    swapOff({
      sources: facts.swap,
      why: 'turned off where it comes from, so that it does not return with the next boot',
    }),
  ],
}
