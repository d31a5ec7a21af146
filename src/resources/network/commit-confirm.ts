import {posix} from 'node:path'
import {LEASE_FILE} from '../../domain/paths.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import type {InterfaceStates, InterfaceSpec} from './interfaces.ts'
import {fail} from '../files/write-file.ts'
import {removeTrees} from '../files/remove-tree.ts'

const UNIT = 'kadm-network-trial.service'

/** A change of netplan's files that goes away by itself: it stands in netplan's folder for what a reboot forgets. */
export interface NetworkTrial {
  /** Writes the file that is tried to the path it is given. */
  readonly write: (to: string) => Script
  /** Of netplan's files of this run; a file here stands for the one of the same name in /etc/netplan. */
  readonly tryPath: string
  readonly runDir: string
  readonly seconds: number
  /** What must be so for the change to be good; ends with `back WHY` otherwise. */
  readonly check: Script
  /** Sees that the cards are as they were, when netplan has gone back. */
  readonly restore: Script
  readonly cards: readonly string[]
}

/** `netplan apply` needs udevadm, which a container may lack; there networkd is told itself. */
const APPLY = sh`{ if command -v udevadm >/dev/null; then netplan apply; else netplan generate && networkctl reload; fi; } >apply.log 2>&1`

/** Shell that is given to a trial: what it can ask. */
const QUESTIONS = sh`came() {
left=$3
until ip -o addr show dev "$1" | grep -F -e " $2 " | grep -qv tentative; do
left=$((left - 1)); [ "$left" -gt 0 ] || return 1; sleep 0.2
done
}
${heard()}`

/** Shell function: whether somebody answers for an address on a card; the kernel itself asks, by ARP or ND. 2: it could not ask. */
function heard(): Script {
  return sh`heard() {
who=$(ip neigh show to "$2" dev "$1")
case $who in *PERMANENT*) return 0;; esac
ip neigh del "$2" dev "$1" 2>/dev/null
ip neigh replace "$2" dev "$1" use 2>/dev/null || return 2
left=20
until [ "$left" = 0 ]; do
who=$(ip neigh show to "$2" dev "$1")
case $who in *lladdr*) return 0;; *FAILED*) return 1;; esac
sleep 0.2; left=$((left - 1))
done
return 1
}`
}

/** Begins the trial and ends at once, so that the connection that this comes by can go. */
export function beginTrial({write, tryPath, runDir, seconds, check, restore, cards}: NetworkTrial): Script {
  const program = sh`cd ${runDir} || exit 0
${QUESTIONS}
stage() { printf '%s\n' "$*" >stage.new; mv -f stage.new stage; }
back() {
mv armed reverted 2>/dev/null || exit 0
for card in ${cards}; do networkctl --no-pager --lines=0 status "$card"; ip addr show dev "$card"; done >evidence 2>&1
rm -f -- ${tryPath}
${APPLY}
${restore}
stage "reverted $1"
exit 0
}
sleep 2
[ -d ${posix.dirname(tryPath)} ] || mkdir -p -- ${posix.dirname(tryPath)}
cp -a -- candidate ${tryPath}
if ! netplan generate >evidence 2>&1; then
mv armed reverted
rm -f -- ${tryPath}
netplan generate >/dev/null 2>&1
stage 'reverted netplan does not take the file'
exit 0
fi
${APPLY} || back "netplan apply failed: $(tail -n1 apply.log)"
${check}
stage applied
uptime() { IFS=. read -r up rest </proc/uptime; echo "$up"; }
end=$(($(uptime) + ${seconds}))
while [ "$(uptime)" -lt "$end" ] && [ -e armed ]; do sleep 1; touch -c ${LEASE_FILE}; done
back ${`nobody could log in anew within ${seconds} s`}`
  return sh`if [ -e ${runDir}/stage ] && [ "$(cat ${runDir}/stage)" != kept ] && systemctl is-active --quiet ${UNIT}; then
${fail(`an earlier trial of the network is still under way; it ends by itself within ${seconds} s, run this again then`)}
fi
systemctl stop ${UNIT} 2>/dev/null || :
${removeTrees(runDir)}
(umask 077; mkdir -p -- ${runDir})
${write(`${runDir}/candidate`)}
cat >${runDir}/trial.sh <<'KADM_TRIAL'
${program}
KADM_TRIAL
echo trying >${runDir}/stage
: >${runDir}/armed
systemd-run --quiet --collect --unit=${UNIT} sh ${runDir}/trial.sh >&2 ||
{ setsid sh ${runDir}/trial.sh </dev/null >/dev/null 2>&1 & }`
}

const GONE = 'reverted the host was restarted meanwhile, which takes it back'

/** Prints how far the trial is, and what was seen when it went back. */
export const trialStage = (runDir: string): Script => sh`if cd ${runDir} 2>/dev/null; then
cat stage; cat evidence 2>/dev/null || :
else echo ${GONE}; fi`

/** Whoever renames `armed` first has decided: the one who logged in, or the clock. */
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
    ...Object.entries(wishes).flatMap(([card, {addresses}]) =>
      addresses.map(
        address =>
          sh`came ${card} ${address} 100 || back ${`${address} did not come to ${card}; see whether its cable is in and no other file speaks of it`}`,
      ),
    ),
    ...Object.entries(wishes).flatMap(([card, {gateway}]) =>
      gateway === undefined
        ? []
        : [
            sh`heard ${card} ${gateway}; [ "$?" != 1 ] || back ${`no machine answers at the gateway ${gateway} on ${card}`}`,
          ],
    ),
  ])

/** Refuses addresses that another machine on the same network answers for; a card that is down is up for as long as it is asked. */
export function refuseTaken(wishes: Readonly<Record<string, InterfaceSpec>>, found: InterfaceStates): Script {
  const asks = Object.entries(wishes).flatMap(([card, {addresses}]) => {
    const fresh = addresses.map(text => text.split('/')[0] ?? '').filter(address => !address.includes(':'))
    const isDown = found[card]?.up === false
    const down = isDown ? sh`ip link set dev ${card} down` : sh`:`
    const up = sh`ip link set dev ${card} up
left=20; until [ "$(cat /sys/class/net/${card}/carrier 2>/dev/null)" = 1 ] || [ "$left" = 0 ]; do sleep 0.2; left=$((left - 1)); done`
    return [
      isDown ? up : sh`:`,
      ...fresh.map(
        address => sh`if ! ip -o addr show | grep -qF -e ${` ${address}/`} && heard ${card} ${address}; then
printf '%s\n' "$who" >&2
${down}
${fail(`${address} belongs to another machine on the network of ${card}`)}
fi
ip neigh del ${address} dev ${card} 2>/dev/null || :`,
      ),
      down,
    ]
  })
  return asks.length === 0 ? sh`:` : concat([heard(), ...asks])
}

/** The cards as they were found, where netplan's files do not say so themselves. */
export function restoreCards(was: InterfaceStates, wishes: Readonly<Record<string, InterfaceSpec>>): Script {
  const lines = Object.entries(was).flatMap(([card, {addresses, mtu, up}]) => [
    ...(wishes[card]?.addresses ?? [])
      .filter(address => addresses.every(has => has.address !== address))
      .map(address => sh`ip addr del ${address} dev ${card} 2>/dev/null || :`),
    ...addresses.map(({address, dynamic}) =>
      dynamic
        ? sh`came ${card} ${address} 75 || :`
        : sh`came ${card} ${address} 25 || ip addr add ${address} dev ${card} 2>/dev/null || :`,
    ),
    sh`[ "$(cat /sys/class/net/${card}/mtu)" = ${mtu} ] || ip link set dev ${card} mtu ${mtu} 2>/dev/null || :`,
    up ? sh`:` : sh`ip link set dev ${card} down`,
  ])
  return concat([...lines, new Script(':')])
}
