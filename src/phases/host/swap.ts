import {swapOff} from '../../resources/swap/swap-off.ts'
import type {Phase} from '../phase.ts'

export const swapPhase: Phase = {
  name: 'swap',
  title: 'Turn off swap permanently',
  why: 'the scheduler counts only real memory, and by default the kubelet refuses to start with swap on',
  when: ({cluster, facts}) => {
    if (cluster.swap === 'keep') return 'you chose to keep swap'
    return facts.swap.every(({kind}) => kind === 'outside') ? 'the host has no swap' : true
  },
  resources: ({facts}) =>
    facts.swap
      .filter(({kind}) => kind !== 'outside')
      .map(source => swapOff({source, why: 'turned off at its source, so that it stays off after a reboot'})),
}
