LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
pki_dir=$(cat /etc/kubernetes/manifests/kube-apiserver.yaml 2>/dev/null | tr -d "\"'" | sed -n 's|^ *- *--client-ca-file=\(/.*\)/ca\.crt *$|\1|p' | head -n 1)
[ -n "$pki_dir" ] || [ -e /etc/kubernetes/pki/ca.crt ] ||
  pki_dir=$(cat /var/lib/kubelet/config.yaml 2>/dev/null | tr -d "\"'" | sed -n 's|^ *clientCAFile: *\(/.*\)/ca\.crt *$|\1|p' | head -n 1)
[ -n "$pki_dir" ] || pki_dir=/etc/kubernetes/pki
etcd_dir=$(cat /etc/kubernetes/manifests/etcd.yaml 2>/dev/null | tr -d "\"'" | sed -n 's|^ *- *--data-dir=\(/.*[^ ]\) *$|\1|p' | head -n 1)
[ -n "$etcd_dir" ] || etcd_dir=/var/lib/etcd
set -- 
printf '\036%s\n' clock-begin
(
date +%s.%N
) </dev/null 2>/dev/null || :
printf '\036%s\n' os-release
(
cat /etc/os-release || cat /usr/lib/os-release
) </dev/null 2>/dev/null || :
printf '\036%s\n' machine
(
name=$(uname -n)
echo "hostname $name"
echo "release $(uname -r)"
echo "architecture $(uname -m)"
echo "cpus $(nproc || grep -c '^processor' /proc/cpuinfo)"
while read -r key value unit; do
  case $key in MemTotal:) echo "memory $value";; MemAvailable:) echo "available $value"; break;; esac
done </proc/meminfo
while read -r address names; do
  case $address in ''|'#'*) continue;; esac
  for one in $names; do [ "$one" = "$name" ] && echo 'resolves yes'; done
done </etc/hosts
) </dev/null 2>/dev/null || :
printf '\036%s\n' virtualization
(
echo "kind $(systemd-detect-virt)"
echo "container $(systemd-detect-virt -c)"
[ -r /run/systemd/container ] && echo "mark $(cat /run/systemd/container)"
[ -e /.dockerenv ] && echo 'mark docker'
[ -e /run/.containerenv ] && echo 'mark podman'
:
) </dev/null 2>/dev/null || :
printf '\036%s\n' capabilities
(
grep '^CapBnd:' /proc/self/status
) </dev/null 2>/dev/null || :
printf '\036%s\n' cgroup
(
if [ -r /sys/fs/cgroup/cgroup.controllers ]; then
  echo version 2
  echo "controllers $(cat /sys/fs/cgroup/cgroup.controllers)"
else
  echo version 1
  awk '!/^#/ && $4 == 1 {print "v1", $1}' /proc/cgroups
fi
) </dev/null 2>/dev/null || :
printf '\036%s\n' kernel
(
r=$(uname -r)
pattern='^CONFIG_(NAMESPACES|NET_NS|PID_NS|IPC_NS|UTS_NS|CPUSETS|MEMCG|INET|EXT4_FS|PROC_FS|NETFILTER_XT_TARGET_REDIRECT|IP_NF_TARGET_REDIRECT|NETFILTER_XT_MATCH_COMMENT|FAIR_GROUP_SCHED|CGROUPS|CGROUP_CPUACCT|CGROUP_DEVICE|CGROUP_FREEZER|CGROUP_PIDS|CGROUP_SCHED|CGROUP_BPF|OVERLAY_FS|BLK_DEV_DM|CFS_BANDWIDTH|SECCOMP|SECCOMP_FILTER|CGROUP_HUGETLB|BRIDGE_NETFILTER|VXLAN)=[ym]'
if [ -r /proc/config.gz ]; then
  echo found; gzip -dc /proc/config.gz | grep -E "$pattern"; exit 0
fi
for file in "/boot/config-$r" "/usr/src/linux-$r/.config" /usr/src/linux/.config "/usr/lib/modules/$r/config" \
  "/usr/lib/ostree-boot/config-$r" "/usr/lib/kernel/config-$r" "/usr/src/linux-headers-$r/.config" "/lib/modules/$r/build/.config"; do
  [ -r "$file" ] && { echo found; grep -E "$pattern" "$file"; exit 0; }
done
) </dev/null 2>/dev/null || :
printf '\036%s\n' sysctls
(
cd /proc/sys && grep -s '' net/ipv4/ip_forward net/ipv6/conf/default/forwarding net/ipv6/conf/all/forwarding net/ipv6/conf/all/disable_ipv6 net/ipv4/conf/all/rp_filter net/ipv4/conf/default/rp_filter net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables net/netfilter/nf_conntrack_max vm/overcommit_memory vm/panic_on_oom vm/swappiness kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes kernel/modules_disabled kernel/pid_max fs/inotify/max_user_instances fs/inotify/max_user_watches
) </dev/null 2>/dev/null || :
printf '\036%s\n' clock-sync
(
if [ -e /run/systemd/timesync/synchronized ]; then echo yes
elif [ -d /run/systemd/system ] && command -v timedatectl >/dev/null; then timeout 2 timedatectl show -p NTPSynchronized --value
fi
) </dev/null 2>/dev/null || :
printf '\036%s\n' login
(
uid=$(id -u)
name=$SUDO_USER
[ -n "$name" ] || name=$(id -un)
echo "euid $uid"
echo "user $name"
echo "uid $(id -u "$name")"
echo "gid $(id -g "$name")"
echo "home $(getent passwd "$name" | cut -d: -f6)"
if [ "$uid" != 0 ]; then echo 'sudo none'
elif [ "$name" = root ]; then echo 'sudo root'
elif timeout 3 sudo -n -l -U "$name" | grep -q 'NOPASSWD:.*ALL'; then echo 'sudo nopasswd'
else echo 'sudo password'
fi
pid=$$
for step in 1 2 3 4 5 6 7 8; do
  line=$(tr '\0' '\n' <"/proc/$pid/environ" | grep '^SSH_CONNECTION=') && { echo "ssh $line"; break; }
  parent=$(awk '/^PPid:/ {print $2}' "/proc/$pid/status")
  [ -n "$parent" ] && [ "$parent" -gt 1 ] || break
  pid=$parent
done
) </dev/null 2>/dev/null || :
printf '\036%s\n' proxy
(
grep -iE '^(export )?(https?|no)_proxy=' /etc/environment | sed -e 's/^export //' -e 's|://[^/]*@|://|'
) </dev/null 2>/dev/null || :
printf '\036%s\n' identity
(
echo "machine-id $(cat /etc/machine-id)"
echo "boot-id $(cat /proc/sys/kernel/random/boot_id)"
echo "product-uuid $(cat /sys/class/dmi/id/product_uuid || tr -d '\0' </proc/device-tree/vm,uuid)"
for key in /etc/ssh/ssh_host_*_key.pub; do [ -r "$key" ] && sed 's/^/host-key /' "$key"; done
) </dev/null 2>/dev/null || :
printf '\036%s\n' interfaces
(
ip -json -details address
) </dev/null 2>/dev/null || :
printf '\036%s\n' ifupdown
(
cat /etc/network/interfaces /etc/network/interfaces.d/* | sed -n 's/^[[:space:]]*iface[[:space:]]*\([^[:space:]]*\).*/\1/p'
) </dev/null 2>/dev/null || :
printf '\036%s\n' routes
(
ip -json -4 route show table all
ip -json -6 route show table all
ip -json route get 1.1.1.1 | sed 's/^\[{/[{"asked":true,/'
) </dev/null 2>/dev/null || :
printf '\036%s\n' listening
(
if command -v ss >/dev/null; then
  found=$(timeout 30 ss -Hltnp)
  printf '%s\n' "$found" | sed 's/^/ss /'
  printf '%s\n' "$found" | grep -o 'pid=[0-9]*' | sort -u | while IFS== read -r name pid; do
    while read -r group; do case $group in 0::*|*:name=systemd:*) echo "group $pid $group";; esac; done <"/proc/$pid/cgroup"
  done
else cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" {print "proc", $2}'
fi
) </dev/null 2>/dev/null || :
printf '\036%s\n' resolv
(
cat /etc/resolv.conf
echo
echo '# upstreams'
cat /run/systemd/resolve/resolv.conf
) </dev/null 2>/dev/null || :
printf '\036%s\n' swap
(
echo '#part active'; tail -n +2 /proc/swaps
echo '#part fstab'; awk '!/^[[:space:]]*#/ && $3 == "swap"' /etc/fstab
echo '#part links'; find /dev/disk /dev/mapper -type l -printf '%p %l\n'
echo '#part gpt'; lsblk -rno PATH,PARTTYPE | grep -i 0657fd6d-a4ab-43c4-84e5-0933c84b4f4f
if [ -d /run/systemd/system ]; then
  echo '#part units'; timeout 30 systemctl show -p Id -p What -p ActiveState -p SourcePath -p FragmentPath '*.swap'
  echo '#part services'; timeout 30 systemctl show -p Id -p LoadState -p UnitFileState -p ActiveState zramswap.service zram-config.service armbian-zram-config.service dphys-swapfile.service
fi
echo '#part files'
for file in /etc/systemd/system/*.swap /etc/systemd/system/*.service; do
  [ -f "$file" ] && [ ! -L "$file" ] && sed -n -e 's|^What=||p' -e "s|^Exec.*swapon[^/]*\(/[^ ;'\"]*\).*|\1|p" "$file" |
    while read -r what; do printf '%s %s\n' "$file" "$what"; done
done
echo '#part generator'
for file in /etc/systemd/zram-generator.conf /etc/systemd/zram-generator.conf.d/*.conf /usr/lib/systemd/zram-generator.conf; do
  [ -s "$file" ] && grep -o '^\[zram[0-9]*\]' "$file" | tr -d '[]'
done
echo '#part off'
find /etc/systemd/system -maxdepth 1 -type l -lname /dev/null -printf '%f\n'
find /etc/systemd/system -mindepth 2 -maxdepth 2 -name kadm-swap-off.conf -printf '%h\n' | sed -e 's|.*/||' -e 's|\.d$||'
) </dev/null 2>/dev/null || :
printf '\036%s\n' packages
(
dpkg-query -W -f '${db:Status-Abbrev}|${Package}|${Version}\n' kubelet kubeadm kubectl kubernetes-cni cri-tools containerd containerd.io runc docker.io docker-ce podman cri-o containernetworking-plugins netplan.io ifupdown network-manager cloud-init systemd-resolved systemd-timesyncd chrony ntpsec iptables nftables ufw firewalld conntrack ethtool socat ebtables kmod iproute2 zram-tools systemd-zram-generator dphys-swapfile unattended-upgrades apparmor perl-base sudo keepalived curl
) </dev/null 2>/dev/null || :
printf '\036%s\n' package-lock
(
for update in /var/lib/dpkg/updates/[0-9]*; do [ -e "$update" ] && { echo interrupted; break; }; done
read -r uptime rest </proc/uptime
inodes=$(stat -c %i /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock | tr '\n' ' ')
pid=$(awk -v inodes=" $inodes" '{split($6, place, ":"); if (index(inodes, " " place[3] " ")) {print $5; exit}}' /proc/locks)
[ -n "$pid" ] && [ -r "/proc/$pid/stat" ] || exit 0
started=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
echo "lock $pid $started $uptime $(cat "/proc/$pid/comm")"
) </dev/null 2>/dev/null || :
printf '\036%s\n' units
(
[ -d /run/systemd/system ] && timeout 60 systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState kubelet.service containerd.service docker.service crio.service cri-docker.service k3s.service k3s-agent.service rke2-server.service rke2-agent.service k0scontroller.service k0sworker.service snap.microk8s.daemon-kubelite.service snap.microk8s.daemon-kubelet.service snap.k8s.kubelet.service snap.kubelet.daemon.service snap.kube-apiserver.daemon.service microshift.service minikube.service localkube.service rancher-system-agent.service cloudcore.service edgecore.service systemd-resolved.service systemd-networkd.service NetworkManager.service networking.service dnsmasq.service ufw.service firewalld.service nftables.service netfilter-persistent.service apparmor.service auditd.service systemd-timesyncd.service chrony.service chronyd.service ntp.service ntpsec.service unattended-upgrades.service ssh.service sshd.service cloud-init.service multipathd.service snapd.service apt-daily.timer apt-daily-upgrade.timer swap.target ssh.socket kadm-node.target
) </dev/null 2>/dev/null || :
printf '\036%s\n' modules
(
r=$(uname -r)
echo "loaded $(cut -d' ' -f1 /proc/modules | tr '\n' ' ')"
grep -q '[[:space:]]overlay$' /proc/filesystems && echo 'builtin overlay'
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] && echo 'builtin br_netfilter'
[ -e /proc/sys/net/netfilter/nf_conntrack_max ] && echo 'builtin nf_conntrack'
for name in overlay br_netfilter vxlan nf_conntrack nf_nat ip_tables iptable_nat nf_tables xt_comment xt_REDIRECT xt_conntrack nft_compat ip_vs ip6_tables veth bridge; do
  [ -d "/sys/module/$name" ] && echo "builtin $name"
done
[ -r "/lib/modules/$r/modules.builtin" ] && sed -n 's|^.*/\([^/]*\)\.ko.*$|builtin \1|p' "/lib/modules/$r/modules.builtin" | grep -wE 'overlay|br_netfilter|vxlan|nf_conntrack|nf_nat|ip_tables|iptable_nat|nf_tables|xt_comment|xt_REDIRECT|xt_conntrack|nft_compat|ip_vs|ip6_tables|veth|bridge'
read -r disabled </proc/sys/kernel/modules_disabled
[ -e /proc/modules ] && command -v modprobe >/dev/null && [ -r "/lib/modules/$r/modules.dep" ] && [ "$disabled" = 0 ] && echo loadable
) </dev/null 2>/dev/null || :
printf '\036%s\n' commands
(
for name in losetup mount cp conntrack iptables nft ip ss ethtool socat modprobe sysctl swapoff apt-get dpkg-query apt-mark systemctl hostnamectl timedatectl resolvectl netplan networkctl nmcli kubelet kubeadm kubectl containerd ctr runc crictl docker perl curl ping gzip tar sudo getent sha256sum base64 stat flock timeout ufw firewall-cmd update-ca-certificates etcdctl; do command -v "$name" >/dev/null && echo "$name"; done
) </dev/null 2>/dev/null || :
printf '\036%s\n' firewall
(
ufw=no
command -v ufw >/dev/null && grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ufw=yes
echo "ufw $ufw"
[ "$ufw" = no ] || sed -n 's/^DEFAULT_OUTPUT_POLICY="\(DROP\|REJECT\)"/ufw-output \1/p' /etc/default/ufw
command -v nft >/dev/null && nft list chains | {
  at='' told=''
  while read -r word a b c d rest; do
    case $word in
      table) at="$a $b"; told='' ;;
      chain) chain=$a ;;
      type)
        [ "$a $b" = 'filter hook' ] && [ "$at" != "$told" ] || continue
        case $c in input | forward | output) ;; *) continue ;; esac
        case $at/$chain in 'ip filter/'[A-Z]* | 'ip6 filter/'[A-Z]*) continue ;; esac
        case $at in 'ip kube-proxy' | 'ip6 kube-proxy' | *' firewalld' | *' kadm-nat' | *' flannel-'* ) continue ;; esac
        case $at in 'ip '* | 'ip6 '* | 'inet '*) nft list table $at; told=$at ;; esac ;;
    esac
  done
}
[ "$ufw" = no ] || exit 0
for tool in iptables ip6tables; do
  case $tool in iptables) family=ip ;; *) family=ip6 ;; esac
  case $(readlink -f "$(command -v $tool)") in
    '') continue ;;
    *legacy*) grep -qxs filter /proc/net/"$family"_tables_names || continue ;;
    *) ! command -v nft >/dev/null || nft list table $family filter >/dev/null || continue ;;
  esac
  for chain in INPUT FORWARD OUTPUT; do $tool -w 5 -S $chain | sed "s/^/$tool /"; done
done
) </dev/null 2>/dev/null || :
printf '\036%s\n' files
(
{
for path in /etc/hosts /etc/hostname /etc/fstab /etc/modules-load.d/kadm.conf /etc/sysctl.d/99-zz-kadm.conf /etc/crictl.yaml /etc/containerd/config.toml /etc/containerd/pod-network.conflist /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/10-kubeadm.conf /var/lib/kubelet/config.yaml /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/kubeadm-flags.env /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/kube-controller-manager.yaml /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/haproxy/haproxy.cfg /etc/kubernetes/manifests/kadm-haproxy.yaml /etc/keepalived/keepalived.conf /etc/keepalived/kadm-check /etc/systemd/system/keepalived.service.d/10-kadm.conf /etc/kubernetes/manifests/kube-vip.yaml /etc/modules-load.d /etc/sysctl.d /etc/systemd/system /etc/containerd /etc/cni /etc/cni/net.d /etc/kubernetes /etc/kubernetes/haproxy /etc/kubernetes/manifests /etc/kubernetes/pki /etc/kubernetes/pki/etcd /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/lib/kadm /opt/cni /opt/cni/bin /usr/bin /usr/local/bin /etc/resolv.conf /swap.img /swapfile /var/lib/kubelet/pki/kubelet-client-current.pem /var/lib/kubelet/pki /etc/default/kubelet /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf "$@"; do
  [ -e "$path" ] || [ -L "$path" ] && printf '%s\0' "$path"
done
find "$pki_dir/" "$pki_dir/etcd/" /var/lib/kubelet/pki/ /etc/netplan/ /opt/cni/bin/ /etc/modules-load.d/ /etc/sysctl.d/ /etc/containerd/conf.d/ /etc/containerd/certs.d/ /etc/systemd/system/containerd.service.d/ /etc/systemd/system/kubelet.service.d/ /etc/apt/sources.list.d/ /etc/apt/apt.conf.d/ /var/lib/kadm/releases/ -mindepth 1 -maxdepth 1 ! -name '.*' -print0
find "$etcd_dir/" /etc/kubernetes/manifests/ /etc/cni/net.d/ -mindepth 1 -maxdepth 1 -print0
} | timeout 60 xargs -0 -r sh -c 'stat -c "stat|%F|%a|%U|%s|%n" -- "$@"
find "$@" -maxdepth 0 -type f -size -1025k -exec sha256sum -- {} +' sh
) </dev/null 2>/dev/null || :
printf '\036%s\n' sysctl-files
(
for file in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /etc/ufw/sysctl.conf; do
  [ -e "$file" ] || [ -L "$file" ] || continue
  printf '%s\t\n' "$file"
  [ -f "$file" ] && timeout 3 awk -v at="$file" '/^[[:space:]]*[^#;[:space:]]/ && /forward|bridge/ {print at "\t" $0}' "$file"
done
) </dev/null 2>/dev/null || :
printf '\036%s\n' manifests
(
seen=0
for file in /etc/kubernetes/manifests/*; do
  [ -f "$file" ] || continue
  seen=$((seen + 1)); [ "$seen" -le 200 ] || break
  timeout 3 awk -v at="$file" '/^metadata:/ {inside = 1; next} /^[^[:space:]#]/ {inside = 0} inside && /^[[:space:]]+name:/ {print at "\t" $0}' "$file"
  timeout 3 head -c 65536 "$file" | tr '\n' ' ' | grep -oE '"metadata"[[:space:]]*:[[:space:]]*[{][^{}]*"name"[[:space:]]*:[[:space:]]*"[^"]*"' | head -n 1 | sed -e 's/.*"name"[[:space:]]*:/name:/' | while read -r line; do printf '%s\t%s\n' "$file" "$line"; done
done
) </dev/null 2>/dev/null || :
printf '\036%s\n' service-files
(
for folder in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system; do
  for file in "$folder"/kubelet.service "$folder"/containerd.service "$folder"/kubelet.service.d/*.conf "$folder"/containerd.service.d/*.conf; do
    [ -f "$file" ] || continue
    printf '%s\t\n' "$file"
    timeout 3 awk -v at="$file" '/^[[:space:]]*(ExecStart|EnvironmentFile)[[:space:]]*=/ || /KUBELET_[A-Z]*ARGS/ {print at "\t" $0}' "$file"
  done
done
[ -f /etc/default/kubelet ] && printf '%s\t\n' /etc/default/kubelet && timeout 3 awk '/^[[:space:]]*(export[[:space:]]+)?KUBELET_[A-Z_]*=/ {print "/etc/default/kubelet\t" $0}' /etc/default/kubelet
) </dev/null 2>/dev/null || :
printf '\036%s\n' repositories
(
timeout 3 awk '/^[[:space:]]*(deb|deb-src)[[:space:]]/ || /^[Uu][Rr][Ii][Ss]:/ || /^[Ee]nabled:/ {print FILENAME "\t" $0}' $(
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    case $file in *[[:space:]]*) ;; *) [ -f "$file" ] && printf '%s\n' "$file" ;; esac
  done
) /dev/null | sed 's|//[^/[:space:]]*@|//|g'
) </dev/null 2>/dev/null || :
printf '\036%s\n' blocks
(
timeout 3 grep -E '^# kadm (begin|end) ' /etc/hosts
) </dev/null 2>/dev/null || :
printf '\036%s\n' fixed
(
set -- /etc/hosts /etc/hostname /etc/fstab /etc/modules-load.d/kadm.conf /etc/sysctl.d/99-zz-kadm.conf /etc/crictl.yaml /etc/containerd/config.toml /etc/containerd/pod-network.conflist /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/10-kubeadm.conf /var/lib/kubelet/config.yaml /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/kubeadm-flags.env /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/kube-controller-manager.yaml /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/haproxy/haproxy.cfg /etc/kubernetes/manifests/kadm-haproxy.yaml /etc/keepalived/keepalived.conf /etc/keepalived/kadm-check /etc/systemd/system/keepalived.service.d/10-kadm.conf /etc/kubernetes/manifests/kube-vip.yaml /etc/modules-load.d /etc/sysctl.d /etc/systemd/system /etc/containerd /etc/cni /etc/cni/net.d /etc/kubernetes /etc/kubernetes/haproxy /etc/kubernetes/manifests /etc/kubernetes/pki /etc/kubernetes/pki/etcd /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/lib/kadm /opt/cni /opt/cni/bin /usr/bin /usr/local/bin /etc /var/lib /etc/cloud/cloud.cfg.d /etc/netplan /etc/apt/sources.list.d /usr/bin/kubelet /usr/bin/kubectl /usr/bin/kubeadm /usr/local/bin/containerd /usr/local/bin/runc
for path do
  [ -e "$path" ] && { [ ! -L "$path" ] || path=$(readlink -f -- "$path"); } && printf '%s\n' "$path"
done | sort -u | {
  set --
  while read -r path; do set -- "$@" "$path"; done
  [ $# -eq 0 ] || timeout 5 lsattr -d -- "$@"
}
awk -v names=' /etc/hosts /etc/hostname /etc/fstab /etc/modules-load.d/kadm.conf /etc/sysctl.d/99-zz-kadm.conf /etc/crictl.yaml /etc/containerd/config.toml /etc/containerd/pod-network.conflist /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/10-kubeadm.conf /var/lib/kubelet/config.yaml /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/kubeadm-flags.env /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/kube-controller-manager.yaml /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/haproxy/haproxy.cfg /etc/kubernetes/manifests/kadm-haproxy.yaml /etc/keepalived/keepalived.conf /etc/keepalived/kadm-check /etc/systemd/system/keepalived.service.d/10-kadm.conf /etc/kubernetes/manifests/kube-vip.yaml ' 'index(names, " " $2 " ") {print "mount", $2}' /proc/mounts
) </dev/null 2>/dev/null || :
printf '\036%s\n' runtime
(
binary=$(command -v containerd) && {
  echo "binary $binary"
  echo "version $(timeout 30 containerd --version)"
  [ -s /etc/containerd/config.toml ] && timeout 30 containerd --config /etc/containerd/config.toml config dump | grep -E '^[[:space:]]*(disabled_plugins|SystemdCgroup)[[:space:]]*=' | sed 's/^ *//'
}
[ -S /run/containerd/containerd.sock ] && echo 'live yes'
for socket in /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /run/docker.sock; do
  [ -S "$socket" ] && echo "socket $socket"
done
:
) </dev/null 2>/dev/null || :
printf '\036%s\n' membership
(
command -v kubelet >/dev/null && echo "kubelet $(timeout 30 kubelet --version)"
for comm in /proc/[0-9]*/comm; do
  read -r name <"$comm" && [ "$name" = kubelet ] && { echo 'running yes'; break; }
done
sed -n 's/^cgroupDriver: */driver /p' /var/lib/kubelet/config.yaml
cat /var/lib/kubelet/kubeadm-flags.env /etc/default/kubelet | grep -oE -e '--(node-ip|hostname-override)=[^ "]+' | sed 's/^--\([^=]*\)=/\1 /'
sed -n 's/^ *server: */server /p' /etc/kubernetes/kubelet.conf | head -n 1
sed -n 's/^.*name: *system:node:\([^@]*\).*$/node \1/p' /etc/kubernetes/kubelet.conf | head -n 1
sed -n 's/^.*--advertise-address=\([^ "]*\).*$/advertise \1/p' /etc/kubernetes/manifests/kube-apiserver.yaml | head -n 1
sed -n 's/^ *image: *[^ ]*kube-apiserver:\(v[0-9.]*\).*$/api-version \1/p' /etc/kubernetes/manifests/kube-apiserver.yaml | head -n 1
echo "pki-dir $pki_dir"
echo "etcd-dir $etcd_dir"
sed 's/^/restore /' /var/lib/kadm/restore/state
echo 'certificate kubelet'
sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' /var/lib/kubelet/pki/kubelet-client-current.pem
echo 'certificate ca'
cat "$pki_dir/ca.crt"
) </dev/null 2>/dev/null || :
printf '\036%s\n' disks
(
for place in / /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/lib/kadm /etc /etc/kubernetes /etc/systemd/system /etc/cni/net.d /opt/cni/bin /usr/bin /usr/local/bin /run /var/log; do
  at=$place
  while [ -n "$at" ] && [ ! -d "$at" ]; do at=$(dirname "$at"); done
  line=$(timeout 3 df -k --output=avail,size,iavail,itotal,target "$at" | tail -n 1)
  set -- $line
  [ $# -ge 5 ] && echo "$place $*"
done | awk 'BEGIN {while ((getline line < "/proc/mounts") > 0) {split(line, part, " "); options[part[2]] = part[4]}} {print $1, $2, $3, $4, $5, options[$6]}'
) </dev/null 2>/dev/null || :
printf '\036%s\n' fsync
(
at=/var/lib
grep -q ' '/var/lib/etcd' ' /proc/mounts && at=/var/lib/etcd
probe=$(mktemp "$at/.kadm-probe.XXXXXX") || exit 0
trap '' PIPE
trap 'rm -f "$probe"' EXIT
trap 'exit 143' HUP INT TERM
for turn in 1 2 3 4 5; do
  timeout 5 dd if=/dev/zero of="$probe" bs=4k count=1 conv=fsync,notrunc 2>&1 | grep copied
done
) </dev/null 2>/dev/null || :
printf '\036%s\n' ca-dirs
(
for folder in /etc/pki/ca-trust /etc/pki/tls/certs /etc/ca-certificates /usr/share/ca-certificates /usr/local/share/ca-certificates; do [ -d "$folder" ] && echo "$folder"; done
) </dev/null 2>/dev/null || :
printf '\036%s\n' cloud-init
(
[ -d /etc/cloud/cloud.cfg.d ] || exit 0
echo 'present yes'
[ ! -e /etc/cloud/cloud-init.disabled ] || echo 'disabled yes'
sed -n -E -e 's/^(preserve_hostname|manage_etc_hosts): */\1 /p' /var/lib/cloud/instance/cloud-config.txt
) </dev/null 2>/dev/null || :
printf '\036%s\n' tracks
(
set -- /var/lib/kadm/ledger/*
[ -e "$1" ] && echo "ledger $#" || echo 'ledger 0'
[ -s /var/lib/kadm/lease ] && sed -n '1s/^/holder /p' /var/lib/kadm/lease && stat -c 'seen %Y' /var/lib/kadm/lease
) </dev/null 2>/dev/null || :
printf '\036%s\n' clock-end
(
date +%s.%N
) </dev/null 2>/dev/null || :
printf '\036%s\n' end
