import {CP, type Case} from '../wording.ts'

const API = 'ss LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=812,fd=3))'

/** Of control planes that share an address by keepalived. */
export const VIRTUAL_ADDRESS_CASES: readonly Case[] = [
  {
    name: 'keepalived-off',
    role: CP,
    phase: 'doctor',
    sections: {keepalived: 'active inactive\ncheck passes\nlast Stopped keepalived.service.'},
    cause: /keepalived does not run on this control plane/,
    proof: /keepalived\.service is inactive/,
  },
  {
    name: 'keepalived-check',
    role: CP,
    phase: 'doctor',
    sections: {keepalived: 'active active\nlast (kadm) Entering FAULT STATE', listening: API},
    cause: /the check of keepalived fails although the API server of this control plane is ready/,
    proof: /kadm-check fails/,
  },
  {
    name: 'keepalived-check',
    role: CP,
    phase: 'doctor',
    sections: {keepalived: 'active active\nno curl'},
    cause: /curl is missing/,
    proof: /no program curl/,
  },
]
