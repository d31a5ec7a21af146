#!/bin/sh
# What a careful person's script does with the real kubeadm: the same artifacts, the same pod network, hosts prepared side by side.
# by-kubeadm.sh BUNDLE KEY KNOWN_HOSTS FLANNEL MASTER WORKER...
# With ENDPOINT=HOST:PORT of a load balancer and CONTROL_PLANES='ADDRESS...', these machines become control planes too, as "Creating Highly
# Available Clusters with kubeadm" (stacked etcd) says.
set -eu
endpoint=${ENDPOINT:-} others=${CONTROL_PLANES:-}
bundle=$1 key=$2 known=$3 flannel=$4 master=$5
shift 5
on() { host=$1; shift; ssh -i "$key" -o "UserKnownHostsFile=$known" -o LogLevel=ERROR "ubuntu@$host" "$@"; }

prepare() {
  tar -C "$bundle" -cf - binaries images | on "$1" 'mkdir -p /tmp/b && tar -C /tmp/b -xf -'
  on "$1" 'sudo sh -s' <<'REMOTE'
set -eu
cd /tmp/b
echo 1 >/proc/sys/net/ipv4/ip_forward
mkdir -p /opt/cni/bin /etc/containerd /etc/systemd/system/kubelet.service.d
put() { gzip -dc "binaries/$1.gz" >"$2" && chmod 755 "$2"; }
for b in kubelet kubectl kubeadm; do put $b /usr/bin/$b; done
for b in containerd containerd-shim-runc-v2 ctr; do put $b /usr/local/bin/$b; done
put runc /usr/local/sbin/runc
for b in bridge loopback host-local portmap firewall bandwidth tuning; do put cni-$b /opt/cni/bin/$b; done
containerd config default |
  sed -e 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' -e 's#conf_template = .*#conf_template = "/etc/containerd/cni.tmpl"#' \
    -e "s#sandbox = .*#sandbox = 'registry.k8s.io/pause:3.10.2'#" >/etc/containerd/config.toml
[ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ] || sed -i 's/SystemdCgroup = false/SystemdCgroup = true/' /etc/containerd/config.toml
cat >/etc/containerd/cni.tmpl <<'END'
{"cniVersion":"1.0.0","name":"pods","plugins":[{"type":"bridge","bridge":"cni0","isDefaultGateway":true,"ipMasq":false,"hairpinMode":true,"mtu":1450,"ipam":{"type":"host-local","ranges":[{{range $i, $r := .PodCIDRRanges}}{{if $i}},{{end}}[{"subnet":"{{$r}}"}]{{end}}]}},{"type":"portmap","capabilities":{"portMappings":true}}]}
END
cat >/etc/systemd/system/containerd.service <<'END'
[Service]
ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
LimitNOFILE=infinity
TasksMax=infinity
[Install]
WantedBy=multi-user.target
END
cat >/etc/systemd/system/kubelet.service <<'END'
[Unit]
After=containerd.service
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=3
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable -q --now containerd
systemctl enable -q kubelet
for archive in images/*.tar.gz; do gzip -dc "$archive" | ctr -n k8s.io images import - >/dev/null; done
REMOTE
}

jobs=
for host in "$master" $others "$@"; do prepare "$host" & jobs="$jobs $!"; done
for job in $jobs; do wait "$job"; done

driver=cgroupfs
[ "$(on "$master" stat -fc %T /sys/fs/cgroup)" != cgroup2fs ] || driver=systemd
on "$master" 'sudo tee /tmp/kubeadm.yaml >/dev/null' <<END
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $master}
nodeRegistration: {criSocket: "unix:///run/containerd/containerd.sock", imagePullPolicy: IfNotPresent}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $(on "$master" kubeadm version -o short)
networking: {podSubnet: 10.244.0.0/16}
${endpoint:+controlPlaneEndpoint: $endpoint}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: $driver
failCgroupV1: false
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: {maxPerCore: 0, min: 0}
END
upload=${endpoint:+--upload-certs}
on "$master" "sudo kubeadm init --config /tmp/kubeadm.yaml $upload --ignore-preflight-errors=SystemVerification >/tmp/init.log"
on "$master" 'mkdir -p ~/.kube && sudo cat /etc/kubernetes/admin.conf > ~/.kube/config && kubectl apply -f - >/dev/null' <"$flannel"
line=$(on "$master" sudo kubeadm token create --print-join-command)
join() { on "$1" "sudo $line $2 --ignore-preflight-errors=SystemVerification >/dev/null"; }
jobs=
if [ -n "$others" ]; then
  key_of_certs=$(on "$master" "sed -n 's/.*--certificate-key \([0-9a-f]*\).*/\1/p' /tmp/init.log | head -n 1")
  # Since kubeadm 1.15, control planes may join at the same time.
  for host in $others; do join "$host" "--control-plane --certificate-key $key_of_certs --apiserver-advertise-address $host" & jobs="$jobs $!"; done
fi
for host in "$@"; do join "$host" "" & jobs="$jobs $!"; done
for job in $jobs; do wait "$job"; done
