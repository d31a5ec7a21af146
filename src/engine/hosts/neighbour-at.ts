import type {Host} from '../../remote/host.ts'
import {type Script, sh} from '../../remote/shell/shell.ts'

/**
 * What the kernel remembered before may be a machine that has left: then only an answer counts. A new entry means that a machine
 * answered now, also one that lets no packet in.
 */
export const lookForNeighbour = (
  address: string,
): Script => sh`kadm_known() { ip neigh show to ${address} 2>/dev/null | grep lladdr || :; }
case "$(ip -o addr show 2>/dev/null)" in *' '${address}/*) exit 0 ;; esac
kadm_before=$(kadm_known)
if ping -c 1 -W 1 -n ${address} >/dev/null 2>&1 || [ -z "$kadm_before" ]; then kadm_known; fi`

/**
 * The MAC address of another machine in the host's networks that has this address; undefined when no machine has it, when the
 * host has it, or when it is behind a router.
 */
export async function neighbourAt(host: Host, address: string, signal: AbortSignal): Promise<string | undefined> {
  const said = await host.read(lookForNeighbour(address).text, {signal})
  return /\blladdr ([\da-f:]{17})\b/.exec(said)?.[1]
}
