import {createHash} from 'node:crypto'
import {sh} from '../../remote/shell/shell.ts'
import {given, keyed, linesOf, type Section} from '../section.ts'

export interface MachineIdentity {
  readonly machineId: string
  readonly bootId: string
  readonly productUuid: string | undefined
  readonly hostKeys: readonly string[]
}

/** `SHA256:…` of one line of a public key file, as ssh-keygen prints it. */
export function fingerprint(publicKey: string): string | undefined {
  const blob = publicKey.trim().split(/\s+/)[1]
  if (blob === undefined) return undefined
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replaceAll('=', '')}`
}

export const identitySection: Section<MachineIdentity> = {
  name: 'identity',
  script: sh`echo "machine-id $(cat /etc/machine-id)"
echo "boot-id $(cat /proc/sys/kernel/random/boot_id)"
echo "product-uuid $(cat /sys/class/dmi/id/product_uuid || tr -d '\0' </proc/device-tree/vm,uuid)"
for key in /etc/ssh/ssh_host_*_key.pub; do [ -r "$key" ] && sed 's/^/host-key /' "$key"; done`,
  parse(text) {
    const entries = keyed(text)
    const keys = linesOf(text).filter(line => line.startsWith('host-key '))
    return {
      machineId: entries['machine-id'] ?? '',
      bootId: entries['boot-id'] ?? '',
      productUuid: given(entries['product-uuid'])?.toLowerCase(),
      hostKeys: keys.flatMap(line => fingerprint(line.slice('host-key '.length)) ?? []).sort(),
    }
  },
}
