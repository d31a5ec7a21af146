import {KUBELET_DIR} from '../../domain/paths.ts'
import {KUBE_VIP_MANIFEST} from '../../domain/virtual-address.ts'
import {sh} from '../../remote/shell/shell.ts'
import {cleanup, type CleanupResource} from '../../resources/steps/cleanup.ts'
import {mountsBelow, unmountBelow} from '../../resources/files/remove-tree.ts'

const shims = sh`cd /proc
for p in [0-9]*; do
  tr '\0' ' ' 2>/dev/null <$p/cmdline | grep -q '^[^ ]*containerd-shim[^ ]* .*-namespace k8s.io ' && echo $p || :
done`

export const kubeletStopped = (): CleanupResource =>
  cleanup({
    name: 'kubelet-running',
    why: 'the kubelet would start the pods again',
    remains: sh`state=$(systemctl show -p ActiveState --value kubelet.service 2>/dev/null); case $state in active|activating|reloading|deactivating) echo "the kubelet ($state)";; esac`,
    clear: sh`systemctl stop kubelet.service`,
  })

/** Uses the runtime if it answers; otherwise ends the processes that its shims started, then the shims. */
export const podsStopped = (): CleanupResource =>
  cleanup({
    name: 'pods',
    why: 'stops all containers of the cluster',
    remains: sh`n=$( { ${shims}
} | grep -c .) || :
[ "$n" = 0 ] || echo "$n pods"`,
    clear: sh`if timeout 20 ctr -n k8s.io tasks ls -q >/dev/null 2>&1; then
  ctr -n k8s.io tasks ls -q | xargs -r -P 8 -I ID sh -c 'timeout 30 ctr -n k8s.io tasks rm -f ID >/dev/null 2>&1 || :'
  ctr -n k8s.io containers ls -q | xargs -r -P 8 -I ID sh -c 'timeout 30 ctr -n k8s.io containers rm ID >/dev/null 2>&1 || :'
fi
for pid in $( ${shims}
); do
  for child in $(cat /proc/$pid/task/*/children 2>/dev/null); do kill -9 "$child" 2>/dev/null || :; done
  sleep 0.2; kill -9 "$pid" 2>/dev/null || :
done`,
  })

/**
 * Where the kubelet, pods and the runtime mount for Kubernetes; containers of other programs are in folders next to
 * k8s.io.
 */
const MOUNTED_IN = sh`${KUBELET_DIR} /var/lib/containerd /run/containerd/io.containerd.grpc.v1.cri /run/containerd/io.containerd.*/k8s.io`

export const podMountsGone = (): CleanupResource =>
  cleanup({
    name: 'pod-mounts',
    why: 'a mounted volume would lose its data when its folder is deleted',
    remains: sh`${mountsBelow(MOUNTED_IN)}
ls -d /run/netns/cni-* 2>/dev/null || :`,
    clear: sh`${unmountBelow(MOUNTED_IN)}
for path in /run/netns/cni-*; do
  [ -e "$path" ] || continue
  ! mountpoint -q -- "$path" || umount -l -- "$path"
  rm -f -- "$path"
done
rmdir /run/netns 2>/dev/null || :`,
  })

const LINKS = ['cni0', 'flannel.1', 'flannel-v6.1', 'kube-ipvs0', 'nodelocaldns']

export const podLinksGone = (): CleanupResource =>
  cleanup({
    name: 'pod-links',
    why: 'the bridge and tunnel would conflict with the next pod network',
    remains: sh`for link in ${LINKS}; do [ ! -e /sys/class/net/$link ] || echo $link; done`,
    clear: sh`for link in ${LINKS}; do [ ! -e /sys/class/net/$link ] || ip link delete $link; done`,
  })

/** On cgroup v1, every hierarchy has one. */
const groups = sh`for group in /sys/fs/cgroup/kubepods /sys/fs/cgroup/kubepods.slice $(
  [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || ls -d /sys/fs/cgroup/*/kubepods /sys/fs/cgroup/*/kubepods.slice 2>/dev/null
); do [ ! -d "$group" ] || echo "$group"; done`

/** systemd removes its slices when they stop; a process that is ending keeps its group for a moment. */
export const podGroupsGone = (): CleanupResource =>
  cleanup({
    name: 'pod-groups',
    why: 'removes the empty cgroups that the kubelet leaves',
    remains: groups,
    clear: sh`systemctl stop kubepods.slice 2>/dev/null || :
for try in 1 2 3 4 5 6 7 8 9 10; do
  left=$( ${groups}
); [ -n "$left" ] || break
  echo "$left" | while read -r group; do find "$group" -depth -type d -exec rmdir -- {} + 2>/dev/null || :; done
  sleep 0.1
done`,
  })

/** The value of a variable of kube-vip's container, as kadm and kube-vip itself write it. */
const kubeVipSays = (name: string) =>
  sh`$(grep -A 1 ${`name: "*${name}"*$`} ${KUBE_VIP_MANIFEST} 2>/dev/null | sed -n 's/^ *value: "*\([^"]*\)"*$/\1/p')`

/** kube-vip that is stopped by force leaves its address on the interface. keepalived removes it when its unit stops. */
export const virtualAddressGone = (): CleanupResource =>
  cleanup({
    name: 'virtual-address',
    why: 'two machines would answer for the address of the API',
    remains: sh`address=${kubeVipSays('address')}
[ -z "$address" ] || ip -o addr show to "$address" 2>/dev/null | awk '{print $4 " on " $2}'`,
    clear: sh`address=${kubeVipSays('address')}
ip -o addr show to "$address" 2>/dev/null | while read -r index card family prefix rest; do ip addr del "$prefix" dev "$card"; done`,
  })
