import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {fingerprint} from '../../facts/gather/identity.ts'
import {removeTrees} from '../files/remove-tree.ts'

/** The identities that a machine must replace. */
export interface IdentityParts {
  readonly machineId: boolean
  readonly hostKeys: boolean
}

/** The identity of a machine after its next boot. */
export interface NewIdentity {
  readonly machineId: string
  readonly bootId: string
  readonly hostKeys: readonly PublicHostKey[]
}

export interface PublicHostKey {
  readonly type: string
  /** The key's own bytes, base64. */
  readonly blob: string
  /** `SHA256:…` */
  readonly fingerprint: string
}

/** Beside the keys it takes the place of, so that it is there by a rename; only root looks into it. */
const STAGED = '/etc/ssh/.kadm-identity'

/**
 * Makes the new identity and lays it beside the old one; nothing of it is in force yet. No Kind, since a copied identity is nothing to
 * put back. The id comes from the kernel and not from systemd-machine-id-setup, which takes the hypervisor's UUID where there is one:
 * a clone would get the id of its original again.
 */
export const stageIdentity = ({machineId, hostKeys}: IdentityParts, name: string): Script => sh`set -eu
umask 077
${removeTrees(STAGED)}
mkdir -- ${STAGED}
echo "boot-id $(cat /proc/sys/kernel/random/boot_id)"
${machineId ? sh`tr -d - </proc/sys/kernel/random/uuid >${STAGED}/machine-id` : sh`cp /etc/machine-id ${STAGED}/machine-id`}
echo "machine-id $(cat ${STAGED}/machine-id)"
${hostKeys ? makeKeys(name) : sh`for kadm_public in /etc/ssh/ssh_host_*_key.pub; do sed 's/^/host-key /' "$kadm_public"; done`}`

/** One for each that there is; DSA, which ssh-keygen makes no more and sshd asks for no more, goes without another. */
const makeKeys = (name: string): Script => sh`for kadm_key in /etc/ssh/ssh_host_*_key; do
  [ -f "$kadm_key" ] || continue
  kadm_type=${new Script('${kadm_key#/etc/ssh/ssh_host_}')}; kadm_type=${new Script('${kadm_type%_key}')}
  [ "$kadm_type" != dsa ] || continue
  ssh-keygen -q -t "$kadm_type" -N '' -C ${`root@${name}`} -f ${STAGED}/ssh_host_"$kadm_type"_key </dev/null >&2
  sed 's/^/host-key /' ${STAGED}/ssh_host_"$kadm_type"_key.pub
done`

/** Reads what `stageIdentity` printed. */
export function parseIdentity(output: string): NewIdentity {
  const lines = output.split('\n').map(line => line.trim().split(' '))
  const word = (key: string): string => lines.find(([first]) => first === key)?.[1] ?? ''
  const hostKeys = lines.flatMap(([first, type, blob]): readonly PublicHostKey[] => {
    if (first !== 'host-key' || type === undefined || blob === undefined) return []
    return [{type, blob, fingerprint: fingerprint(`${type} ${blob}`) ?? ''}]
  })
  return {machineId: word('machine-id'), bootId: word('boot-id'), hostKeys}
}

/**
 * Activates the staged identity, for the next boot. What DHCP knows the machine by (DUID and client id) networkd derives
 * from the machine-id; leases that dhclient keeps are forgotten. The seed of the random generator was copied too.
 */
export const takeIdentity = ({machineId, hostKeys}: IdentityParts): Script =>
  concat([
    sh`set -eu
umask 077`,
    ...(hostKeys
      ? [
          sh`for kadm_key in ${STAGED}/ssh_host_*_key; do
  kadm_to=/etc/ssh/${new Script('${kadm_key##*/}')}
  chmod 0644 "$kadm_key".pub
  sync -- "$kadm_key" "$kadm_key".pub
  rm -f -- "$kadm_to".pub
  mv -fT -- "$kadm_key" "$kadm_to"
  mv -fT -- "$kadm_key".pub "$kadm_to".pub
done
rm -f -- /etc/ssh/ssh_host_dsa_key /etc/ssh/ssh_host_dsa_key.pub`,
        ]
      : []),
    ...(machineId
      ? [
          sh`chmod 0444 ${STAGED}/machine-id
cp -p -- ${STAGED}/machine-id /etc/.kadm-machine-id.new
sync -- /etc/.kadm-machine-id.new
mv -fT -- /etc/.kadm-machine-id.new /etc/machine-id
if [ -f /var/lib/dbus/machine-id ] && [ ! -L /var/lib/dbus/machine-id ]; then ln -sfT /etc/machine-id /var/lib/dbus/machine-id; fi
rm -f -- /var/lib/systemd/random-seed /var/lib/dhcp/*.leases`,
        ]
      : []),
    removeTrees(STAGED),
    sh`sync`,
  ])
