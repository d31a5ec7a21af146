import type {Explained} from './snapshot.ts'

/** What may differ after a reset, and why that is no trace of kadm's. */
export const LEFT_BY_RESET: readonly Explained[] = [
  {line: /^\+ run f \/run\/xtables\.lock$/, because: 'every use of iptables makes it, and it is gone at the next boot'},
  {
    line: /^\+ unit network-online\.target loaded active$/,
    because: 'a target once reached stays reached; the kubelet was started after it',
  },
]
