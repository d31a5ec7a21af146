import {posix} from 'node:path'
import {KadmError} from '../domain/errors.ts'
import {join, type Script, sh} from '../remote/shell.ts'
import {file, fileKind, type FileResource} from './file.ts'
import type {Kind, ResourceBase} from './kind.ts'
import {parsePath, type PathState} from './path-state.ts'
import {fail} from './put.ts'

/** Addresses by netplan. The host goes back by itself unless it is told in time, over a new connection, that it can be reached. */
export interface HostNetworkResource extends ResourceBase {
  readonly kind: 'host-network'
  /** The netplan file; 0600, as netplan wants it. */
  readonly config: FileResource
  /** With prefix length, by interface. */
  readonly addresses: Readonly<Record<string, readonly string[]>>
  /** The host's address that this run is connected to, where it is known. */
  readonly connectedAddress: string | undefined
  /** 0: no way back, and so nothing that moves the connection's address. */
  readonly rollbackSeconds: number
  readonly runDir: string
}

export interface HostNetworkFound {
  readonly netplan: boolean
  readonly file: PathState
  /** With prefix length, by interface. */
  readonly addresses: Readonly<Record<string, readonly string[]>>
}

export interface HostNetworkSpec {
  readonly why: string
  readonly path: string
  /** netplan's YAML. */
  readonly text: string
  readonly addresses: Readonly<Record<string, readonly string[]>>
  readonly connectedAddress: string | undefined
  readonly rollbackSeconds?: number
  readonly runDir?: string
}

export const hostNetwork = ({
  why,
  path,
  text,
  addresses,
  connectedAddress,
  ...rest
}: HostNetworkSpec): HostNetworkResource => ({
  kind: 'host-network',
  id: `host-network:${path}`,
  why,
  config: file({path, why, content: text, mode: '0600'}),
  addresses,
  connectedAddress,
  rollbackSeconds: rest.rollbackSeconds ?? 60,
  runDir: rest.runDir ?? '/run/kadm/network',
})

/** `netplan apply` needs udevadm, which a container may lack; there networkd is told itself. */
const apply = sh`if command -v udevadm >/dev/null; then netplan apply >&2
else netplan generate >&2; networkctl reload; fi`

const UNIT = 'kadm-network-rollback'

export const hostNetworkKind: Kind<HostNetworkResource, HostNetworkFound> = {
  look: ({config}) => sh`if command -v netplan >/dev/null; then echo 'netplan yes'; else echo 'netplan no'; fi
ip -o addr show scope global 2>/dev/null | while read -r kadm_n kadm_device kadm_family kadm_address kadm_rest; do
printf 'address %s %s\n' "$kadm_device" "$kadm_address"
done
echo file
${fileKind.look(config)}`,
  parse: output => {
    const at = output.indexOf('file\n')
    const rows = output
      .slice(0, at)
      .split('\n')
      .map(line => line.split(' '))
    const found: Record<string, string[]> = {}
    for (const [word, device, address] of rows) {
      if (word === 'address' && device !== undefined && address !== undefined) (found[device] ??= []).push(address)
    }
    return {
      netplan: output.startsWith('netplan yes'),
      addresses: found,
      file: parsePath(output.slice(at + 'file\n'.length)),
    }
  },
  diff: ({config, addresses}, found) => {
    const missing = Object.entries(addresses).flatMap(([device, wanted]) =>
      wanted
        .filter(address => !found.addresses[device]?.includes(address))
        .map(address => `${device} lacks ${address}`),
    )
    const differs = fileKind.diff(config, found.file)
    const parts = [...(differs === undefined ? [] : [`${config.path} ${differs}`]), ...missing]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: ({config}, found) => fileKind.detail?.(config, found.file),
  keep: ({config}, found) => fileKind.keep?.(config, found.file) ?? sh`:`,
  act: (resource, found) => {
    refuseWithoutWayBack(resource, found)
    const {config, rollbackSeconds} = resource
    return join([
      sh`command -v netplan >/dev/null || ${fail('netplan is not installed; give the host its addresses by hand, or install netplan.io')}`,
      rollbackSeconds === 0 ? sh`:` : armRollback(resource),
      fileKind.act(config, found.file),
      sh`if ! netplan generate >&2; then
${rollbackSeconds === 0 ? sh`:` : sh`sh ${`${resource.runDir}/back.sh`} now`}
${fail(`netplan does not take ${config.path}`)}
fi
${apply}
${settled(resource.addresses)}`,
    ])
  },
  confirm: ({runDir, rollbackSeconds}) =>
    rollbackSeconds === 0
      ? sh`:`
      : sh`if [ -d ${runDir} ]; then : >${`${runDir}/confirmed`}; fi
systemctl stop ${`${UNIT}.service`} 2>/dev/null || :`,
  undo: ({config}, {file: original}) => join([fileKind.undo(config, original), apply]),
  redact: resource => ({...resource, config: {...resource.config, content: undefined}}),
}

/** The addresses come a moment after; the look that follows would be too early. */
const settled = (
  addresses: HostNetworkResource['addresses'],
): Script => sh`for kadm_address in ${Object.values(addresses).flat()}; do
kadm_left=50
until ip -o addr show | grep -qF -e " $kadm_address " || [ "$kadm_left" = 0 ]; do sleep 0.2; kadm_left=$((kadm_left - 1)); done
done`

/** Without a rollback the address of the connection must stay where it is. */
function refuseWithoutWayBack(
  {addresses, connectedAddress, rollbackSeconds}: HostNetworkResource,
  found: HostNetworkFound,
): void {
  if (rollbackSeconds > 0 || connectedAddress === undefined) return
  const has = (list: readonly string[]): boolean => list.some(address => address.split('/')[0] === connectedAddress)
  const device = Object.entries(found.addresses).find(([, list]) => has(list))?.[0]
  const wanted = device === undefined ? undefined : addresses[device]
  if (wanted === undefined || has(wanted)) return
  throw new KadmError(
    'preflight',
    `${device ?? ''} would lose ${connectedAddress}, the address of this very connection`,
    {
      hint: 'keep that address in the list, or allow the host to go back by itself',
    },
  )
}

/** Keeps all of netplan's files in memory-backed storage and starts the clock: back.sh undoes unless `confirmed` is there by then. */
function armRollback({config, rollbackSeconds, runDir}: HostNetworkResource): Script {
  const folder = posix.dirname(config.path)
  const back = `${runDir}/back.sh`
  const script = sh`[ "$1" = now ] || sleep ${rollbackSeconds}
if [ -e ${`${runDir}/confirmed`} ]; then exit 0; fi
rm -f -- ${config.path}
cp -a -- ${`${runDir}/before/.`} ${folder}/
if [ "$1" = now ]; then exit 0; fi
${apply}`
  return sh`rm -rf -- ${runDir}
(umask 077; mkdir -p -- ${`${runDir}/before`})
if [ -d ${folder} ]; then cp -a -- ${`${folder}/.`} ${`${runDir}/before`}/; fi
cat >${back} <<'KADM_END'
${script}
KADM_END
systemctl stop ${`${UNIT}.service`} 2>/dev/null || :
systemd-run --quiet --collect --unit=${UNIT} sh ${back} later >&2 || { setsid sh ${back} later </dev/null >/dev/null 2>&1 & }`
}
