import {join as joinPath} from 'node:path'
import {type Script, sh} from '../../remote/shell/shell.ts'
import {labDir, labsDir, type LabState} from '../state/lab-state.ts'
import {addressIn} from './subnet.ts'

/** The file that holds the lab's network namespace. */
export const namespaceFile = (lab: string): string => joinPath(labDir(lab), 'netns')

/** Says that the module is ours to take away; below the labs' folder, because all labs share the kernel. */
const moduleMark = (): string => joinPath(labsDir(), '.br_netfilter')

/**
 * Nodes need br_netfilter, and a machine cannot load a module. Where the user's kernel has it not loaded it is, with its effect on
 * the user's own bridges switched off; network namespaces made later, the machines', have it on.
 */
const loadBridgeFilter = (): Script => sh`
if [ ! -e /proc/sys/net/bridge ] && modprobe --dry-run --quiet br_netfilter 2>/dev/null; then
  cat /proc/sys/kernel/random/boot_id > ${moduleMark()}
  modprobe br_netfilter
  for setting in /proc/sys/net/bridge/bridge-nf-call-*; do echo 0 > "$setting"; done
fi`

/** With the last lab goes what the first one loaded, unless another program has begun to use it since. */
export const unloadBridgeFilter = (): Script => sh`
if [ "$(cat ${moduleMark()} 2>/dev/null)" = "$(cat /proc/sys/kernel/random/boot_id)" ] &&
  [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables)" = 0 ]; then
  modprobe --remove --quiet br_netfilter || :
fi
rm -f ${moduleMark()}`

/** The bridge inside the lab's namespace. */
export const BRIDGE = 'br0'

/**
 * The lab's own network: the bridge lives in a namespace of its own, one cable leads to the user's machine. So neither the user's
 * firewall (with Docker's `FORWARD DROP`, br_netfilter would apply it to bridged frames) nor a setting of theirs stands between machines,
 * and nothing of theirs is changed.
 */
export function makeNetwork(state: LabState): Script {
  const file = namespaceFile(state.name)
  const gateway = `${addressIn(state.subnet, 1)}/24`
  return sh`${loadBridgeFilter()}
if ! nsenter --net=${file} true 2>/dev/null; then
  touch ${file}
  unshare --net=${file} true
fi
if ! ip link show ${state.tag} >/dev/null 2>&1; then
  ip link add ${state.tag} type veth peer name up0 netns ${file}
fi
ip address show dev ${state.tag} | grep -qF ${gateway} || ip address add ${gateway} dev ${state.tag}
ip link set ${state.tag} up
nsenter --net=${file} sh -eu <<'END'
ip link set lo up
ip link show br0 >/dev/null 2>&1 || ip link add br0 type bridge
ip link set up0 master br0 up
ip link set br0 up
END`
}

/** The cable goes first: a namespace lives on while something uses it. */
export function removeNetwork(state: LabState): Script {
  const file = namespaceFile(state.name)
  return sh`
! ip link show ${state.tag} >/dev/null 2>&1 || ip link delete ${state.tag}
! mountpoint -q ${file} || umount ${file}
rm -f ${file}`
}
