import {posix} from 'node:path'
import {LEASE_FILE} from '../../domain/paths.ts'
import {program} from '../../remote/shell/program.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import type {InterfaceStates, InterfaceSpec} from './interfaces.ts'
import {fail} from '../files/write-file.ts'
import {removeTrees} from '../files/remove-tree.ts'

const UNIT = 'kadm-network-trial.service'

/** A temporary change of netplan's files: it is in netplan's folder below /run, which a reboot clears. */
export interface NetworkTrial {
  /** Writes the file that is tried to the path it is given. */
  readonly write: (to: string) => Script
  /** Of netplan's files of this run; a file here stands for the one of the same name in /etc/netplan. */
  readonly tryPath: string
  readonly runDir: string
  readonly seconds: number
  /** Checks the change; ends with `back WHY` when a check fails. */
  readonly check: Script
  /** Checks that the interfaces have their original state after netplan's rollback. */
  readonly restore: Script
  readonly interfaces: readonly string[]
}

/** `netplan apply` needs udevadm, which a container may lack; there, the script reloads networkd directly. */
const APPLY = sh`{ if command -v udevadm >/dev/null; then netplan apply; else netplan generate && networkctl reload; fi; } >apply.log 2>&1`

/** Begins the trial and ends at once, so that the connection that this comes by can go. */
export function beginTrial({write, tryPath, runDir, seconds, check, restore, interfaces}: NetworkTrial): Script {
  const trial = program('network-trial', {
    run_dir: runDir,
    heard: program('heard'),
    interfaces,
    try_path: tryPath,
    try_dir: posix.dirname(tryPath),
    apply: APPLY,
    restore,
    check,
    seconds,
    lease_file: LEASE_FILE,
    too_late: `no new login succeeded within ${seconds} s`,
  })
  return sh`if [ -e ${runDir}/stage ] && [ "$(cat ${runDir}/stage)" != kept ] && systemctl is-active --quiet ${UNIT}; then
${fail(`an earlier trial of the network is still under way; it ends by itself within ${seconds} s, run this again then`)}
fi
systemctl stop ${UNIT} 2>/dev/null || :
${removeTrees(runDir)}
(umask 077; mkdir -p -- ${runDir})
${write(`${runDir}/candidate`)}
cat >${runDir}/trial.sh <<'KADM_TRIAL'
${trial}
KADM_TRIAL
echo trying >${runDir}/stage
: >${runDir}/armed
systemd-run --quiet --collect --unit=${UNIT} sh ${runDir}/trial.sh >&2 ||
{ setsid sh ${runDir}/trial.sh </dev/null >/dev/null 2>&1 & }`
}

const GONE = 'reverted the host was restarted meanwhile, which takes it back'

/** Prints the progress of the trial, and the reason of a rollback. */
export const trialStage = (runDir: string): Script => sh`if cd ${runDir} 2>/dev/null; then
cat stage; cat evidence 2>/dev/null || :
else echo ${GONE}; fi`

/** The first to rename `armed` decides: the confirmation or the timer. */
export const confirmTrial = ({runDir, tryPath}: Pick<NetworkTrial, 'runDir' | 'tryPath'>, last: Script): Script =>
  sh`if ! cd ${runDir} 2>/dev/null; then echo ${GONE}
elif mv armed confirmed 2>/dev/null; then
( cd /; ${last}
) >&2
rm -f -- ${tryPath}
echo kept | tee stage
else cat stage; cat evidence 2>/dev/null || :; fi`

/** For the trial: all addresses came, and the gateways answer. */
export const checkWishes = (wishes: Readonly<Record<string, InterfaceSpec>>): Script =>
  concat([
    ...Object.entries(wishes).flatMap(([name, {addresses}]) =>
      addresses.map(
        address =>
          sh`came ${name} ${address} 100 || back ${`${address} did not come to ${name}; see whether its cable is in and no other file speaks of it`}`,
      ),
    ),
    ...Object.entries(wishes).flatMap(([name, {gateway}]) =>
      gateway === undefined
        ? []
        : [
            sh`heard ${name} ${gateway}; [ "$?" != 1 ] || back ${`no machine answers at the gateway ${gateway} on ${name}`}`,
          ],
    ),
  ])

/** Refuses addresses that another machine on the same network answers for; a card that is down is up for as long as it is asked. */
export function refuseTaken(wishes: Readonly<Record<string, InterfaceSpec>>, found: InterfaceStates): Script {
  const asks = Object.entries(wishes).flatMap(([name, {addresses}]) => {
    const fresh = addresses.map(text => text.split('/')[0] ?? '').filter(address => !address.includes(':'))
    const isDown = found[name]?.up === false
    const down = isDown ? sh`ip link set dev ${name} down` : sh`:`
    const up = sh`ip link set dev ${name} up
left=20; until [ "$(cat /sys/class/net/${name}/carrier 2>/dev/null)" = 1 ] || [ "$left" = 0 ]; do sleep 0.2; left=$((left - 1)); done`
    return [
      isDown ? up : sh`:`,
      ...fresh.map(
        address => sh`if ! ip -o addr show | grep -qF -e ${` ${address}/`} && heard ${name} ${address}; then
printf '%s\n' "$who" >&2
${down}
${fail(`${address} belongs to another machine on the network of ${name}`)}
fi
ip neigh del ${address} dev ${name} 2>/dev/null || :`,
      ),
      down,
    ]
  })
  return asks.length === 0 ? sh`:` : concat([program('heard'), ...asks])
}

/** The interfaces as they were found, where netplan's files do not say so themselves. */
export function restoreInterfaces(was: InterfaceStates, wishes: Readonly<Record<string, InterfaceSpec>>): Script {
  const lines = Object.entries(was).flatMap(([name, {addresses, mtu, up}]) => [
    ...(wishes[name]?.addresses ?? [])
      .filter(address => addresses.every(has => has.address !== address))
      .map(address => sh`ip addr del ${address} dev ${name} 2>/dev/null || :`),
    ...addresses.map(({address, dynamic}) =>
      dynamic
        ? sh`came ${name} ${address} 75 || :`
        : sh`came ${name} ${address} 25 || ip addr add ${address} dev ${name} 2>/dev/null || :`,
    ),
    sh`[ "$(cat /sys/class/net/${name}/mtu)" = ${mtu} ] || ip link set dev ${name} mtu ${mtu} 2>/dev/null || :`,
    up ? sh`:` : sh`ip link set dev ${name} down`,
  ])
  return concat([...lines, new Script(':')])
}
