import {swapOff} from '../../resources/swap/swap-off.ts'
import type {Phase} from '../phase.ts'

export const swapPhase: Phase = {
  name: 'swap',
  title: 'Turn swap off for good',
  why: 'the scheduler counts real memory; a node that swaps breaks its promises slowly, and the kubelet refuses to start on one',
  when: ({cluster, facts}) => {
    if (cluster.swap === 'keep') return 'swap is to be kept'
    return facts.swap.every(({kind}) => kind === 'outside') ? 'there is none that this host would turn on' : true
  },
  resources: ({facts}) =>
    facts.swap
      .filter(({kind}) => kind !== 'outside')
      .map(source =>
        swapOff({source, why: 'turned off where it comes from, so that it does not return with the next boot'}),
      ),
}
