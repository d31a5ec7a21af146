import {LEFT_BY_RESET} from './left-by-reset.ts'
import type {Explained} from './snapshot.ts'

/** Shell that makes of a VM what Ubuntu's own installer leaves, with a careful person's firewall. */
export const asInstalled = (swapMib: number): string => String.raw`
fallocate -l ${swapMib}M /swap.img; chmod 600 /swap.img; mkswap /swap.img >/dev/null
printf '/swap.img\tnone\tswap\tsw\t0\t0\n' >> /etc/fstab; swapon /swap.img
ufw allow 22/tcp >/dev/null; ufw --force enable >/dev/null
systemctl daemon-reload`

/** What may differ on it after a reset, booted in between or not. */
export const LEFT_WITH_UFW: readonly Explained[] = [
  ...LEFT_BY_RESET,
  {
    line: /^[+-] sysctl net\.ipv[46]\.conf\.enp0s\d+\.accept_redirects = /,
    because: 'ufw, first enabled on a machine that runs, reaches its cards with the next boot only',
  },
]
