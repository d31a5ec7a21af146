_kadm_flags() {
  case "$1" in
    'apply') flags='--file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --only --skip-phases --ignore-preflight-errors --dry-run --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'bundle create') flags='--file --architecture --from-lab --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --json --verbose --color --no-color --help';;
    'bundle verify') flags='--json --verbose --color --no-color --help';;
    'completion') flags='--json --verbose --color --no-color --help';;
    'config hosts') flags='--file --output --json --verbose --color --no-color --help';;
    'config images') flags='--file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --output --json --verbose --color --no-color --help';;
    'config migrate') flags='--allow-left-out --json --verbose --color --no-color --help';;
    'config print') flags='--file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --output --json --verbose --color --no-color --help';;
    'config schema') flags='--json --verbose --color --no-color --help';;
    'config validate') flags='--file --output --json --verbose --color --no-color --help';;
    'doctor') flags='--file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'etcd backup') flags='--to --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'etcd members') flags='--file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'explain') flags='--output --json --verbose --color --no-color --help';;
    'init') flags='--file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --patches --bundle --only --skip-phases --ignore-preflight-errors --dry-run --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'join') flags='--to --token --discovery-token-ca-cert-hash --discovery-token-unsafe-skip-ca-verification --node-name --swap --file --patches --bundle --only --skip-phases --ignore-preflight-errors --dry-run --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'kubeconfig') flags='--output --context --use --no-use --print --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --json --verbose --color --no-color --help';;
    'lab demo') flags='--machines --kubernetes-version --driver --release --cpus --memory --cards --copy --verify --json --verbose --color --no-color --help';;
    'lab down') flags='--all --yes --json --verbose --color --no-color --help';;
    'lab exec') flags='--json --verbose --color --no-color --help';;
    'lab list') flags='--output --json --verbose --color --no-color --help';;
    'lab power') flags='--json --verbose --color --no-color --help';;
    'lab reboot') flags='--json --verbose --color --no-color --help';;
    'lab ssh') flags='--json --verbose --color --no-color --help';;
    'lab trouble') flags='--card --seconds --json --verbose --color --no-color --help';;
    'lab up') flags='--machines --kubernetes-version --driver --release --cpus --memory --cards --copy --json --verbose --color --no-color --help';;
    'phase list') flags='--of --output --json --verbose --color --no-color --help';;
    'plan') flags='--file --exit-code --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --only --skip-phases --ignore-preflight-errors --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'preflight') flags='--file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --ignore-preflight-errors --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'repair clones') flags='--file --write --yes --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --json --verbose --color --no-color --help';;
    'reset') flags='--to --file --yes --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'status') flags='--kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'token create') flags='--print-join-command --ttl --description --to --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'token delete') flags='--to --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --json --verbose --color --no-color --help';;
    'token list') flags='--to --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --json --verbose --color --no-color --help';;
    'verify') flags='--kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --drain --quick --outside-name --reboot --all-at-once --reboot-timeout --drain-timeout --yes --output --json --verbose --color --no-color --help';;
    'version') flags='--output --json --verbose --color --no-color --help';;
    *) return 1;;
  esac
}
_kadm_values() {
  case "$1" in
    'apply --file'|'apply -f'|'apply --bundle'|'apply --identity-file'|'apply -i'|'apply --known-hosts'|'bundle create'|'bundle create --file'|'bundle create -f'|'bundle verify'|'config hosts --file'|'config hosts -f'|'config images --file'|'config images -f'|'config migrate'|'config print --file'|'config print -f'|'config print --bundle'|'config validate --file'|'config validate -f'|'doctor --file'|'doctor -f'|'doctor --identity-file'|'doctor -i'|'doctor --known-hosts'|'etcd backup'|'etcd backup --file'|'etcd backup -f'|'etcd backup --identity-file'|'etcd backup -i'|'etcd backup --known-hosts'|'etcd members --file'|'etcd members -f'|'etcd members --identity-file'|'etcd members -i'|'etcd members --known-hosts'|'init --file'|'init -f'|'init --patches'|'init --bundle'|'init --identity-file'|'init -i'|'init --known-hosts'|'join --file'|'join -f'|'join --patches'|'join --bundle'|'join --identity-file'|'join -i'|'join --known-hosts'|'kubeconfig --output'|'kubeconfig -o'|'kubeconfig --file'|'kubeconfig -f'|'kubeconfig --identity-file'|'kubeconfig -i'|'kubeconfig --known-hosts'|'plan --file'|'plan -f'|'plan --bundle'|'plan --identity-file'|'plan -i'|'plan --known-hosts'|'preflight --file'|'preflight -f'|'preflight --bundle'|'preflight --identity-file'|'preflight -i'|'preflight --known-hosts'|'repair clones --file'|'repair clones -f'|'repair clones --identity-file'|'repair clones -i'|'repair clones --known-hosts'|'reset --file'|'reset -f'|'reset --identity-file'|'reset -i'|'reset --known-hosts'|'status --kubeconfig'|'status --file'|'status -f'|'status --identity-file'|'status -i'|'status --known-hosts'|'token create --kubeconfig'|'token create --file'|'token create -f'|'token create --identity-file'|'token create -i'|'token create --known-hosts'|'token delete --kubeconfig'|'token delete --file'|'token delete -f'|'token delete --identity-file'|'token delete -i'|'token delete --known-hosts'|'token list --kubeconfig'|'token list --file'|'token list -f'|'token list --identity-file'|'token list -i'|'token list --known-hosts'|'verify --kubeconfig'|'verify --file'|'verify -f'|'verify --identity-file'|'verify -i'|'verify --known-hosts') values='@files';;
    'apply --kubernetes-version'|'apply --control-plane-endpoint'|'apply --apiserver-advertise-address'|'apply --apiserver-bind-port'|'apply --apiserver-cert-extra-sans'|'apply --pod-network-cidr'|'apply --service-cidr'|'apply --service-dns-domain'|'apply --image-repository'|'apply --pod-network'|'apply --node-name'|'apply --host-key'|'apply --ssh-user'|'apply --ssh-port'|'apply --jump'|'apply -J'|'bundle create --from-lab'|'bundle create --kubernetes-version'|'bundle create --control-plane-endpoint'|'bundle create --apiserver-advertise-address'|'bundle create --apiserver-bind-port'|'bundle create --apiserver-cert-extra-sans'|'bundle create --pod-network-cidr'|'bundle create --service-cidr'|'bundle create --service-dns-domain'|'bundle create --image-repository'|'bundle create --pod-network'|'bundle create --node-name'|'bundle create --host-key'|'config images --kubernetes-version'|'config images --control-plane-endpoint'|'config images --apiserver-advertise-address'|'config images --apiserver-bind-port'|'config images --apiserver-cert-extra-sans'|'config images --pod-network-cidr'|'config images --service-cidr'|'config images --service-dns-domain'|'config images --image-repository'|'config images --pod-network'|'config images --node-name'|'config images --host-key'|'config print --kubernetes-version'|'config print --control-plane-endpoint'|'config print --apiserver-advertise-address'|'config print --apiserver-bind-port'|'config print --apiserver-cert-extra-sans'|'config print --pod-network-cidr'|'config print --service-cidr'|'config print --service-dns-domain'|'config print --image-repository'|'config print --pod-network'|'config print --node-name'|'config print --host-key'|'doctor --ssh-user'|'doctor --ssh-port'|'doctor --jump'|'doctor -J'|'etcd backup --ssh-user'|'etcd backup --ssh-port'|'etcd backup --jump'|'etcd backup -J'|'etcd members --ssh-user'|'etcd members --ssh-port'|'etcd members --jump'|'etcd members -J'|'init --kubernetes-version'|'init --control-plane-endpoint'|'init --apiserver-advertise-address'|'init --apiserver-bind-port'|'init --apiserver-cert-extra-sans'|'init --pod-network-cidr'|'init --service-cidr'|'init --service-dns-domain'|'init --image-repository'|'init --pod-network'|'init --node-name'|'init --host-key'|'init --ssh-user'|'init --ssh-port'|'init --jump'|'init -J'|'join --token'|'join --discovery-token-ca-cert-hash'|'join --node-name'|'join --ssh-user'|'join --ssh-port'|'join --jump'|'join -J'|'kubeconfig --context'|'kubeconfig --ssh-user'|'kubeconfig --ssh-port'|'kubeconfig --jump'|'kubeconfig -J'|'lab demo --machines'|'lab demo --kubernetes-version'|'lab demo --cpus'|'lab demo --memory'|'lab demo --copy'|'lab trouble --seconds'|'lab up --machines'|'lab up --kubernetes-version'|'lab up --cpus'|'lab up --memory'|'lab up --copy'|'plan --kubernetes-version'|'plan --control-plane-endpoint'|'plan --apiserver-advertise-address'|'plan --apiserver-bind-port'|'plan --apiserver-cert-extra-sans'|'plan --pod-network-cidr'|'plan --service-cidr'|'plan --service-dns-domain'|'plan --image-repository'|'plan --pod-network'|'plan --node-name'|'plan --host-key'|'plan --ssh-user'|'plan --ssh-port'|'plan --jump'|'plan -J'|'preflight --kubernetes-version'|'preflight --control-plane-endpoint'|'preflight --apiserver-advertise-address'|'preflight --apiserver-bind-port'|'preflight --apiserver-cert-extra-sans'|'preflight --pod-network-cidr'|'preflight --service-cidr'|'preflight --service-dns-domain'|'preflight --image-repository'|'preflight --pod-network'|'preflight --node-name'|'preflight --host-key'|'preflight --ssh-user'|'preflight --ssh-port'|'preflight --jump'|'preflight -J'|'repair clones --ssh-user'|'repair clones --ssh-port'|'repair clones --jump'|'repair clones -J'|'reset --ssh-user'|'reset --ssh-port'|'reset --jump'|'reset -J'|'status --ssh-user'|'status --ssh-port'|'status --jump'|'status -J'|'token create --ttl'|'token create --description'|'token create --ssh-user'|'token create --ssh-port'|'token create --jump'|'token create -J'|'token delete --ssh-user'|'token delete --ssh-port'|'token delete --jump'|'token delete -J'|'token list --ssh-user'|'token list --ssh-port'|'token list --jump'|'token list -J'|'verify --ssh-user'|'verify --ssh-port'|'verify --jump'|'verify -J'|'verify --outside-name'|'verify --reboot-timeout'|'verify --drain-timeout') values='';;
    'apply --swap'|'bundle create --swap'|'config images --swap'|'config print --swap'|'init --swap'|'join --swap'|'plan --swap'|'preflight --swap') values='off keep';;
    'apply --only'|'apply --skip-phases'|'explain'|'init --only'|'init --skip-phases'|'join --only'|'join --skip-phases'|'plan --only'|'plan --skip-phases') values='@phases';;
    'apply --ignore-preflight-errors'|'init --ignore-preflight-errors'|'join --ignore-preflight-errors'|'plan --ignore-preflight-errors'|'preflight --ignore-preflight-errors') values='@checks';;
    'apply --output'|'apply -o'|'config print --output'|'config print -o'|'config validate --output'|'config validate -o'|'doctor --output'|'doctor -o'|'etcd backup --output'|'etcd backup -o'|'init --output'|'init -o'|'join --output'|'join -o'|'plan --output'|'plan -o'|'reset --output'|'reset -o'|'verify --output'|'verify -o'|'version --output'|'version -o') values='json yaml';;
    'bundle create --architecture') values='amd64 arm64';;
    'completion') values='bash zsh fish';;
    'config hosts --output'|'config hosts -o'|'config images --output'|'config images -o'|'etcd members --output'|'etcd members -o'|'explain --output'|'explain -o'|'lab list --output'|'lab list -o'|'token create --output'|'token create -o'|'token list --output'|'token list -o') values='json yaml name';;
    'config print'|'doctor'|'etcd backup --to'|'etcd members'|'init'|'join'|'join --to'|'kubeconfig'|'preflight'|'repair clones'|'reset'|'reset --to'|'status'|'token create --to'|'token delete --to'|'token list --to'|'verify') values='@hosts';;
    'lab demo --driver'|'lab up --driver') values='nspawn qemu';;
    'lab demo --release'|'lab up --release') values='bookworm trixie';;
    'lab demo --cards'|'lab up --cards') values='lab virtualbox';;
    'lab demo --verify') values='always when-changed never';;
    'lab trouble --card') values='lab nat';;
    'phase list --of') values='apply init join';;
    'phase list --output'|'phase list -o') values='json yaml name wide';;
    'preflight --output'|'preflight -o') values='json yaml wide';;
    'status --output'|'status -o') values='json yaml wide name';;
    'verify --drain') values='if-nothing-else-runs always never';;
    *) return 1;;
  esac
}
_kadm_commands='apply
bundle create
bundle verify
completion
config hosts
config images
config migrate
config print
config schema
config validate
doctor
etcd backup
etcd members
explain
init
join
kubeconfig
lab demo
lab down
lab exec
lab list
lab power
lab reboot
lab ssh
lab trouble
lab up
phase list
plan
preflight
repair clones
reset
status
token create
token delete
token list
verify
version'
_kadm_phases='prepare prepare/hostname prepare/network prepare/swap prepare/kernel prepare/nat prepare/firewall prepare/proxy prepare/packages prepare/runtime prepare/kubelet control-plane-images certs certs/ca certs/leaves kubeconfig etcd control-plane kubelet-start node-images wait-control-plane controllers-start admin upload-config bootstrap-token mark-control-plane pod-network addon addon/kube-proxy addon/kube-proxy/objects addon/kube-proxy/ready addon/coredns kubelet-finalize user-kubeconfig controllers control-plane-join control-plane-join/certs control-plane-join/certs/shared control-plane-join/certs/leaves control-plane-join/kubeconfig control-plane-join/kubelet-start control-plane-join/etcd control-plane-join/manifests control-plane-join/wait-control-plane control-plane-join/mark-control-plane control-plane-join/kubelet-finalize control-plane-join/user-kubeconfig control-plane-join/controllers worker worker/kubelet-start worker/token-gone worker/marks node-ready node-pods cluster-ready'
_kadm_checks='all Architecture CPUSETS CRI Capabilities CgroupDriver ClockOffset ClockSync Clone CloudInit ContainerRuntimeVersion DNSUpstreams DirAvailable--var-lib-etcd DiskSpace DiskWritable DuplicateAddress DuplicateHostname FirewallOutput Firewalld Forwarding FsyncLatency HTTPProxy HTTPProxyCIDR Hostname HostsFile ImmutableFile IsPrivilegedUser KernelModules KubeletDropIns KubeletExtraArgs KubeletSource KubeletVersion ManifestCopies Mem NetworkManager NetworkRanges NodeAddress NumCPU OperatingSystem OtherCluster OtherKubernetes PackageLock PackageRepository PackageState PacketFilter PathMTU PathType PodNetworkConfig PodNetworkLeftovers ProtectKernelDefaults ProxyNotInFile Reachability Role RuntimeDropIns RuntimeStart SameMachine Service-kubelet StaticAddress Swap SwapInUse SwapKernel SysctlFiles SystemVerification Ufw VXLAN VersionChange Virtualization FileAvailable--etc-kubernetes-kubelet.conf FileAvailable--etc-kubernetes-pki-ca.crt FileContent--proc-sys-net-ipv4-ip_forward Port-2379 Port-2380 Port-6443 Port-10250 Port-10256 Port-10257 Port-10259'
_kadm_offer() {
  local words=$1 cur=$2 before=''
  case "$cur" in *,*) before="${cur%,*},"; cur=${cur##*,};; esac
  COMPREPLY=($(compgen -P "$before" -W "$words" -- "$cur"))
}
_kadm_hosts() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${COMP_WORDS[i]}" in
      -f|--file) "${COMP_WORDS[0]}" config hosts --file "${COMP_WORDS[i + 1]}" 2>/dev/null; return;;
    esac
  done
  if [ -e kadm.yaml ]; then "${COMP_WORDS[0]}" config hosts 2>/dev/null; fi
}
_kadm_complete() {
  local cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]}
  local typed='' known='' words='' flags='' values='' command word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$word" in -*) break;; esac
    typed="${typed:+$typed }$word"
    if _kadm_flags "$typed"; then known=$typed; fi
  done
  if [[ "$cur" == -* ]]; then
    flags=''; _kadm_flags "$known" || flags='--help --version'
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  while IFS= read -r command; do
    case "$command" in
      "${typed:+$typed }"*) word=${command#"${typed:+$typed }"}; words="$words ${word%% *}";;
    esac
  done <<KADM_COMMANDS
$_kadm_commands
KADM_COMMANDS
  values='@files'
  case "$last" in
    -*) _kadm_values "$known $last" || _kadm_values "$known" || values='@files';;
    *) if [ -n "$known" ]; then _kadm_values "$known" || values='@files'; fi;;
  esac
  case "$values" in
    @files) _kadm_offer "$words" "$cur";;
    @hosts) _kadm_offer "$words $(_kadm_hosts)" "$cur"; return;;
    @phases) _kadm_offer "$_kadm_phases" "$cur"; return;;
    @checks) _kadm_offer "$_kadm_checks" "$cur"; return;;
    *) _kadm_offer "$values" "$cur"; return;;
  esac
  if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _kadm_complete kadm
