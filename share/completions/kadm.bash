_kadm_flags() {
  case "$1" in
    'apply') flags='--json --verbose --color --no-color --file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --only --skip-phases --ignore-preflight-errors --dry-run --take-lease --skip-unreachable --yes --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'backup') flags='--json --verbose --color --no-color --to --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'bundle create') flags='--json --verbose --color --no-color --file --architecture --from-lab --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --help';;
    'bundle verify') flags='--json --verbose --color --no-color --help';;
    'certs certificate-key') flags='--json --verbose --color --no-color --output --help';;
    'certs csr') flags='--json --verbose --color --no-color --file --bundle --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'certs upload') flags='--json --verbose --color --no-color --certificate-key --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'completion') flags='--json --verbose --color --no-color --help';;
    'config hosts') flags='--json --verbose --color --no-color --file --output --help';;
    'config images') flags='--json --verbose --color --no-color --file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --output --help';;
    'config migrate') flags='--json --verbose --color --no-color --allow-left-out --help';;
    'config print') flags='--json --verbose --color --no-color --file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --output --help';;
    'config schema') flags='--json --verbose --color --no-color --help';;
    'config validate') flags='--json --verbose --color --no-color --file --output --help';;
    'doctor') flags='--json --verbose --color --no-color --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'etcd backup') flags='--json --verbose --color --no-color --to --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'etcd defrag') flags='--json --verbose --color --no-color --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'etcd members') flags='--json --verbose --color --no-color --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'etcd restore') flags='--json --verbose --color --no-color --file --bundle --ignore-preflight-errors --dry-run --take-lease --skip-unreachable --yes --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'etcd status') flags='--json --verbose --color --no-color --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'explain') flags='--json --verbose --color --no-color --output --help';;
    'init') flags='--json --verbose --color --no-color --file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --upload-certs --certificate-key --skip-certificate-key-print --patches --bundle --only --skip-phases --ignore-preflight-errors --dry-run --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'join') flags='--json --verbose --color --no-color --to --token --discovery-token-ca-cert-hash --discovery-token-unsafe-skip-ca-verification --control-plane --certificate-key --apiserver-advertise-address --node-name --swap --file --patches --bundle --only --skip-phases --ignore-preflight-errors --dry-run --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'kubeconfig') flags='--json --verbose --color --no-color --output --context --use --no-use --print --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --help';;
    'lab demo') flags='--json --verbose --color --no-color --machines --kubernetes-version --driver --release --cpus --memory --cards --copy --verify --help';;
    'lab down') flags='--json --verbose --color --no-color --all --yes --help';;
    'lab exec') flags='--json --verbose --color --no-color --help';;
    'lab list') flags='--json --verbose --color --no-color --output --help';;
    'lab power') flags='--json --verbose --color --no-color --help';;
    'lab reboot') flags='--json --verbose --color --no-color --help';;
    'lab ssh') flags='--json --verbose --color --no-color --help';;
    'lab trouble') flags='--json --verbose --color --no-color --card --seconds --help';;
    'lab up') flags='--json --verbose --color --no-color --machines --kubernetes-version --driver --release --cpus --memory --cards --copy --help';;
    'phase list') flags='--json --verbose --color --no-color --of --output --help';;
    'plan') flags='--json --verbose --color --no-color --file --exit-code --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --only --skip-phases --ignore-preflight-errors --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'preflight') flags='--json --verbose --color --no-color --file --kubernetes-version --control-plane-endpoint --apiserver-advertise-address --apiserver-bind-port --apiserver-cert-extra-sans --pod-network-cidr --service-cidr --service-dns-domain --image-repository --pod-network --node-name --host-key --swap --bundle --ignore-preflight-errors --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'repair clones') flags='--json --verbose --color --no-color --file --write --yes --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --help';;
    'remove') flags='--json --verbose --color --no-color --to --dead --force --ignore-daemonsets --delete-emptydir-data --disable-eviction --grace-period --timeout --skip-wait-for-delete-timeout --pod-selector --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --dry-run --yes --take-lease --output --help';;
    'reset') flags='--json --verbose --color --no-color --to --file --yes --take-lease --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'restore') flags='--json --verbose --color --no-color --file --bundle --ignore-preflight-errors --dry-run --take-lease --skip-unreachable --yes --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'status') flags='--json --verbose --color --no-color --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'token create') flags='--json --verbose --color --no-color --print-join-command --certificate-key --ttl --description --to --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'token delete') flags='--json --verbose --color --no-color --to --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --help';;
    'token list') flags='--json --verbose --color --no-color --to --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --output --help';;
    'verify') flags='--json --verbose --color --no-color --kubeconfig --file --identity-file --ssh-user --ssh-port --jump --known-hosts --accept-new-host-keys --ask-ssh-password --ask-sudo-password --drain --quick --outside-name --reboot --ha --all-at-once --reboot-timeout --drain-timeout --yes --output --help';;
    'version') flags='--json --verbose --color --no-color --output --help';;
    *) return 1;;
  esac
}
_kadm_values() {
  case "$1" in
    'apply --file') values='@files';;
    'apply -f') values='@files';;
    'apply --kubernetes-version') values='';;
    'apply --control-plane-endpoint') values='';;
    'apply --apiserver-advertise-address') values='';;
    'apply --apiserver-bind-port') values='';;
    'apply --apiserver-cert-extra-sans') values='';;
    'apply --pod-network-cidr') values='';;
    'apply --service-cidr') values='';;
    'apply --service-dns-domain') values='';;
    'apply --image-repository') values='';;
    'apply --pod-network') values='';;
    'apply --node-name') values='';;
    'apply --host-key') values='';;
    'apply --swap') values='off keep';;
    'apply --bundle') values='@files';;
    'apply --only') values='@phases';;
    'apply --skip-phases') values='@phases';;
    'apply --ignore-preflight-errors') values='@checks';;
    'apply --identity-file') values='@files';;
    'apply -i') values='@files';;
    'apply --ssh-user') values='';;
    'apply --ssh-port') values='';;
    'apply --jump') values='';;
    'apply -J') values='';;
    'apply --known-hosts') values='@files';;
    'apply --output') values='json yaml';;
    'apply -o') values='json yaml';;
    'backup') values='@files';;
    'backup --to') values='@hosts';;
    'backup --file') values='@files';;
    'backup -f') values='@files';;
    'backup --identity-file') values='@files';;
    'backup -i') values='@files';;
    'backup --ssh-user') values='';;
    'backup --ssh-port') values='';;
    'backup --jump') values='';;
    'backup -J') values='';;
    'backup --known-hosts') values='@files';;
    'backup --output') values='json yaml';;
    'backup -o') values='json yaml';;
    'bundle create') values='@files';;
    'bundle create --file') values='@files';;
    'bundle create -f') values='@files';;
    'bundle create --architecture') values='amd64 arm64';;
    'bundle create --from-lab') values='';;
    'bundle create --kubernetes-version') values='';;
    'bundle create --control-plane-endpoint') values='';;
    'bundle create --apiserver-advertise-address') values='';;
    'bundle create --apiserver-bind-port') values='';;
    'bundle create --apiserver-cert-extra-sans') values='';;
    'bundle create --pod-network-cidr') values='';;
    'bundle create --service-cidr') values='';;
    'bundle create --service-dns-domain') values='';;
    'bundle create --image-repository') values='';;
    'bundle create --pod-network') values='';;
    'bundle create --node-name') values='';;
    'bundle create --host-key') values='';;
    'bundle create --swap') values='off keep';;
    'bundle verify') values='@files';;
    'certs certificate-key --output') values='json yaml';;
    'certs certificate-key -o') values='json yaml';;
    'certs csr') values='@files';;
    'certs csr --file') values='@files';;
    'certs csr -f') values='@files';;
    'certs csr --bundle') values='@files';;
    'certs csr --identity-file') values='@files';;
    'certs csr -i') values='@files';;
    'certs csr --ssh-user') values='';;
    'certs csr --ssh-port') values='';;
    'certs csr --jump') values='';;
    'certs csr -J') values='';;
    'certs csr --known-hosts') values='@files';;
    'certs csr --output') values='json yaml name';;
    'certs csr -o') values='json yaml name';;
    'certs upload') values='@hosts';;
    'certs upload --certificate-key') values='';;
    'certs upload --file') values='@files';;
    'certs upload -f') values='@files';;
    'certs upload --identity-file') values='@files';;
    'certs upload -i') values='@files';;
    'certs upload --ssh-user') values='';;
    'certs upload --ssh-port') values='';;
    'certs upload --jump') values='';;
    'certs upload -J') values='';;
    'certs upload --known-hosts') values='@files';;
    'certs upload --output') values='json yaml';;
    'certs upload -o') values='json yaml';;
    'completion') values='bash zsh fish';;
    'config hosts --file') values='@files';;
    'config hosts -f') values='@files';;
    'config hosts --output') values='json yaml name';;
    'config hosts -o') values='json yaml name';;
    'config images --file') values='@files';;
    'config images -f') values='@files';;
    'config images --kubernetes-version') values='';;
    'config images --control-plane-endpoint') values='';;
    'config images --apiserver-advertise-address') values='';;
    'config images --apiserver-bind-port') values='';;
    'config images --apiserver-cert-extra-sans') values='';;
    'config images --pod-network-cidr') values='';;
    'config images --service-cidr') values='';;
    'config images --service-dns-domain') values='';;
    'config images --image-repository') values='';;
    'config images --pod-network') values='';;
    'config images --node-name') values='';;
    'config images --host-key') values='';;
    'config images --swap') values='off keep';;
    'config images --output') values='json yaml name';;
    'config images -o') values='json yaml name';;
    'config migrate') values='@files';;
    'config print') values='@hosts';;
    'config print --file') values='@files';;
    'config print -f') values='@files';;
    'config print --kubernetes-version') values='';;
    'config print --control-plane-endpoint') values='';;
    'config print --apiserver-advertise-address') values='';;
    'config print --apiserver-bind-port') values='';;
    'config print --apiserver-cert-extra-sans') values='';;
    'config print --pod-network-cidr') values='';;
    'config print --service-cidr') values='';;
    'config print --service-dns-domain') values='';;
    'config print --image-repository') values='';;
    'config print --pod-network') values='';;
    'config print --node-name') values='';;
    'config print --host-key') values='';;
    'config print --swap') values='off keep';;
    'config print --bundle') values='@files';;
    'config print --output') values='json yaml';;
    'config print -o') values='json yaml';;
    'config validate --file') values='@files';;
    'config validate -f') values='@files';;
    'config validate --output') values='json yaml';;
    'config validate -o') values='json yaml';;
    'doctor') values='@hosts';;
    'doctor --file') values='@files';;
    'doctor -f') values='@files';;
    'doctor --identity-file') values='@files';;
    'doctor -i') values='@files';;
    'doctor --ssh-user') values='';;
    'doctor --ssh-port') values='';;
    'doctor --jump') values='';;
    'doctor -J') values='';;
    'doctor --known-hosts') values='@files';;
    'doctor --output') values='json yaml';;
    'doctor -o') values='json yaml';;
    'etcd backup') values='@files';;
    'etcd backup --to') values='@hosts';;
    'etcd backup --file') values='@files';;
    'etcd backup -f') values='@files';;
    'etcd backup --identity-file') values='@files';;
    'etcd backup -i') values='@files';;
    'etcd backup --ssh-user') values='';;
    'etcd backup --ssh-port') values='';;
    'etcd backup --jump') values='';;
    'etcd backup -J') values='';;
    'etcd backup --known-hosts') values='@files';;
    'etcd backup --output') values='json yaml';;
    'etcd backup -o') values='json yaml';;
    'etcd defrag') values='@hosts';;
    'etcd defrag --file') values='@files';;
    'etcd defrag -f') values='@files';;
    'etcd defrag --identity-file') values='@files';;
    'etcd defrag -i') values='@files';;
    'etcd defrag --ssh-user') values='';;
    'etcd defrag --ssh-port') values='';;
    'etcd defrag --jump') values='';;
    'etcd defrag -J') values='';;
    'etcd defrag --known-hosts') values='@files';;
    'etcd defrag --output') values='json yaml';;
    'etcd defrag -o') values='json yaml';;
    'etcd members') values='@hosts';;
    'etcd members --file') values='@files';;
    'etcd members -f') values='@files';;
    'etcd members --identity-file') values='@files';;
    'etcd members -i') values='@files';;
    'etcd members --ssh-user') values='';;
    'etcd members --ssh-port') values='';;
    'etcd members --jump') values='';;
    'etcd members -J') values='';;
    'etcd members --known-hosts') values='@files';;
    'etcd members --output') values='json yaml name';;
    'etcd members -o') values='json yaml name';;
    'etcd restore') values='@files';;
    'etcd restore --file') values='@files';;
    'etcd restore -f') values='@files';;
    'etcd restore --bundle') values='@files';;
    'etcd restore --ignore-preflight-errors') values='@checks';;
    'etcd restore --identity-file') values='@files';;
    'etcd restore -i') values='@files';;
    'etcd restore --ssh-user') values='';;
    'etcd restore --ssh-port') values='';;
    'etcd restore --jump') values='';;
    'etcd restore -J') values='';;
    'etcd restore --known-hosts') values='@files';;
    'etcd restore --output') values='json yaml';;
    'etcd restore -o') values='json yaml';;
    'etcd status') values='@hosts';;
    'etcd status --file') values='@files';;
    'etcd status -f') values='@files';;
    'etcd status --identity-file') values='@files';;
    'etcd status -i') values='@files';;
    'etcd status --ssh-user') values='';;
    'etcd status --ssh-port') values='';;
    'etcd status --jump') values='';;
    'etcd status -J') values='';;
    'etcd status --known-hosts') values='@files';;
    'etcd status --output') values='json yaml name';;
    'etcd status -o') values='json yaml name';;
    'explain') values='@phases';;
    'explain --output') values='json yaml name';;
    'explain -o') values='json yaml name';;
    'init') values='@hosts';;
    'init --file') values='@files';;
    'init -f') values='@files';;
    'init --kubernetes-version') values='';;
    'init --control-plane-endpoint') values='';;
    'init --apiserver-advertise-address') values='';;
    'init --apiserver-bind-port') values='';;
    'init --apiserver-cert-extra-sans') values='';;
    'init --pod-network-cidr') values='';;
    'init --service-cidr') values='';;
    'init --service-dns-domain') values='';;
    'init --image-repository') values='';;
    'init --pod-network') values='';;
    'init --node-name') values='';;
    'init --host-key') values='';;
    'init --swap') values='off keep';;
    'init --certificate-key') values='';;
    'init --patches') values='@files';;
    'init --bundle') values='@files';;
    'init --only') values='@phases';;
    'init --skip-phases') values='@phases';;
    'init --ignore-preflight-errors') values='@checks';;
    'init --identity-file') values='@files';;
    'init -i') values='@files';;
    'init --ssh-user') values='';;
    'init --ssh-port') values='';;
    'init --jump') values='';;
    'init -J') values='';;
    'init --known-hosts') values='@files';;
    'init --output') values='json yaml';;
    'init -o') values='json yaml';;
    'join') values='@hosts';;
    'join --to') values='@hosts';;
    'join --token') values='';;
    'join --discovery-token-ca-cert-hash') values='';;
    'join --certificate-key') values='';;
    'join --apiserver-advertise-address') values='';;
    'join --node-name') values='';;
    'join --swap') values='off keep';;
    'join --file') values='@files';;
    'join -f') values='@files';;
    'join --patches') values='@files';;
    'join --bundle') values='@files';;
    'join --only') values='@phases';;
    'join --skip-phases') values='@phases';;
    'join --ignore-preflight-errors') values='@checks';;
    'join --identity-file') values='@files';;
    'join -i') values='@files';;
    'join --ssh-user') values='';;
    'join --ssh-port') values='';;
    'join --jump') values='';;
    'join -J') values='';;
    'join --known-hosts') values='@files';;
    'join --output') values='json yaml';;
    'join -o') values='json yaml';;
    'kubeconfig') values='@hosts';;
    'kubeconfig --output') values='@files';;
    'kubeconfig -o') values='@files';;
    'kubeconfig --context') values='';;
    'kubeconfig --file') values='@files';;
    'kubeconfig -f') values='@files';;
    'kubeconfig --identity-file') values='@files';;
    'kubeconfig -i') values='@files';;
    'kubeconfig --ssh-user') values='';;
    'kubeconfig --ssh-port') values='';;
    'kubeconfig --jump') values='';;
    'kubeconfig -J') values='';;
    'kubeconfig --known-hosts') values='@files';;
    'lab demo --machines') values='';;
    'lab demo --kubernetes-version') values='';;
    'lab demo --driver') values='nspawn qemu';;
    'lab demo --release') values='bookworm trixie';;
    'lab demo --cpus') values='';;
    'lab demo --memory') values='';;
    'lab demo --cards') values='lab virtualbox';;
    'lab demo --copy') values='';;
    'lab demo --verify') values='always when-changed never';;
    'lab list --output') values='json yaml name';;
    'lab list -o') values='json yaml name';;
    'lab trouble --card') values='lab nat';;
    'lab trouble --seconds') values='';;
    'lab up --machines') values='';;
    'lab up --kubernetes-version') values='';;
    'lab up --driver') values='nspawn qemu';;
    'lab up --release') values='bookworm trixie';;
    'lab up --cpus') values='';;
    'lab up --memory') values='';;
    'lab up --cards') values='lab virtualbox';;
    'lab up --copy') values='';;
    'phase list --of') values='apply init join';;
    'phase list --output') values='json yaml name wide';;
    'phase list -o') values='json yaml name wide';;
    'plan --file') values='@files';;
    'plan -f') values='@files';;
    'plan --kubernetes-version') values='';;
    'plan --control-plane-endpoint') values='';;
    'plan --apiserver-advertise-address') values='';;
    'plan --apiserver-bind-port') values='';;
    'plan --apiserver-cert-extra-sans') values='';;
    'plan --pod-network-cidr') values='';;
    'plan --service-cidr') values='';;
    'plan --service-dns-domain') values='';;
    'plan --image-repository') values='';;
    'plan --pod-network') values='';;
    'plan --node-name') values='';;
    'plan --host-key') values='';;
    'plan --swap') values='off keep';;
    'plan --bundle') values='@files';;
    'plan --only') values='@phases';;
    'plan --skip-phases') values='@phases';;
    'plan --ignore-preflight-errors') values='@checks';;
    'plan --identity-file') values='@files';;
    'plan -i') values='@files';;
    'plan --ssh-user') values='';;
    'plan --ssh-port') values='';;
    'plan --jump') values='';;
    'plan -J') values='';;
    'plan --known-hosts') values='@files';;
    'plan --output') values='json yaml';;
    'plan -o') values='json yaml';;
    'preflight') values='@hosts';;
    'preflight --file') values='@files';;
    'preflight -f') values='@files';;
    'preflight --kubernetes-version') values='';;
    'preflight --control-plane-endpoint') values='';;
    'preflight --apiserver-advertise-address') values='';;
    'preflight --apiserver-bind-port') values='';;
    'preflight --apiserver-cert-extra-sans') values='';;
    'preflight --pod-network-cidr') values='';;
    'preflight --service-cidr') values='';;
    'preflight --service-dns-domain') values='';;
    'preflight --image-repository') values='';;
    'preflight --pod-network') values='';;
    'preflight --node-name') values='';;
    'preflight --host-key') values='';;
    'preflight --swap') values='off keep';;
    'preflight --bundle') values='@files';;
    'preflight --ignore-preflight-errors') values='@checks';;
    'preflight --identity-file') values='@files';;
    'preflight -i') values='@files';;
    'preflight --ssh-user') values='';;
    'preflight --ssh-port') values='';;
    'preflight --jump') values='';;
    'preflight -J') values='';;
    'preflight --known-hosts') values='@files';;
    'preflight --output') values='json yaml wide';;
    'preflight -o') values='json yaml wide';;
    'repair clones') values='@hosts';;
    'repair clones --file') values='@files';;
    'repair clones -f') values='@files';;
    'repair clones --identity-file') values='@files';;
    'repair clones -i') values='@files';;
    'repair clones --ssh-user') values='';;
    'repair clones --ssh-port') values='';;
    'repair clones --jump') values='';;
    'repair clones -J') values='';;
    'repair clones --known-hosts') values='@files';;
    'remove') values='@hosts';;
    'remove --to') values='@hosts';;
    'remove --grace-period') values='';;
    'remove --timeout') values='';;
    'remove --skip-wait-for-delete-timeout') values='';;
    'remove --pod-selector') values='';;
    'remove --kubeconfig') values='@files';;
    'remove --file') values='@files';;
    'remove -f') values='@files';;
    'remove --identity-file') values='@files';;
    'remove -i') values='@files';;
    'remove --ssh-user') values='';;
    'remove --ssh-port') values='';;
    'remove --jump') values='';;
    'remove -J') values='';;
    'remove --known-hosts') values='@files';;
    'remove --output') values='json yaml';;
    'remove -o') values='json yaml';;
    'reset') values='@hosts';;
    'reset --to') values='@hosts';;
    'reset --file') values='@files';;
    'reset -f') values='@files';;
    'reset --identity-file') values='@files';;
    'reset -i') values='@files';;
    'reset --ssh-user') values='';;
    'reset --ssh-port') values='';;
    'reset --jump') values='';;
    'reset -J') values='';;
    'reset --known-hosts') values='@files';;
    'reset --output') values='json yaml';;
    'reset -o') values='json yaml';;
    'restore') values='@files';;
    'restore --file') values='@files';;
    'restore -f') values='@files';;
    'restore --bundle') values='@files';;
    'restore --ignore-preflight-errors') values='@checks';;
    'restore --identity-file') values='@files';;
    'restore -i') values='@files';;
    'restore --ssh-user') values='';;
    'restore --ssh-port') values='';;
    'restore --jump') values='';;
    'restore -J') values='';;
    'restore --known-hosts') values='@files';;
    'restore --output') values='json yaml';;
    'restore -o') values='json yaml';;
    'status') values='@hosts';;
    'status --kubeconfig') values='@files';;
    'status --file') values='@files';;
    'status -f') values='@files';;
    'status --identity-file') values='@files';;
    'status -i') values='@files';;
    'status --ssh-user') values='';;
    'status --ssh-port') values='';;
    'status --jump') values='';;
    'status -J') values='';;
    'status --known-hosts') values='@files';;
    'status --output') values='json yaml wide name';;
    'status -o') values='json yaml wide name';;
    'token create --certificate-key') values='';;
    'token create --ttl') values='';;
    'token create --description') values='';;
    'token create --to') values='@hosts';;
    'token create --kubeconfig') values='@files';;
    'token create --file') values='@files';;
    'token create -f') values='@files';;
    'token create --identity-file') values='@files';;
    'token create -i') values='@files';;
    'token create --ssh-user') values='';;
    'token create --ssh-port') values='';;
    'token create --jump') values='';;
    'token create -J') values='';;
    'token create --known-hosts') values='@files';;
    'token create --output') values='json yaml name';;
    'token create -o') values='json yaml name';;
    'token delete --to') values='@hosts';;
    'token delete --kubeconfig') values='@files';;
    'token delete --file') values='@files';;
    'token delete -f') values='@files';;
    'token delete --identity-file') values='@files';;
    'token delete -i') values='@files';;
    'token delete --ssh-user') values='';;
    'token delete --ssh-port') values='';;
    'token delete --jump') values='';;
    'token delete -J') values='';;
    'token delete --known-hosts') values='@files';;
    'token list --to') values='@hosts';;
    'token list --kubeconfig') values='@files';;
    'token list --file') values='@files';;
    'token list -f') values='@files';;
    'token list --identity-file') values='@files';;
    'token list -i') values='@files';;
    'token list --ssh-user') values='';;
    'token list --ssh-port') values='';;
    'token list --jump') values='';;
    'token list -J') values='';;
    'token list --known-hosts') values='@files';;
    'token list --output') values='json yaml name';;
    'token list -o') values='json yaml name';;
    'verify') values='@hosts';;
    'verify --kubeconfig') values='@files';;
    'verify --file') values='@files';;
    'verify -f') values='@files';;
    'verify --identity-file') values='@files';;
    'verify -i') values='@files';;
    'verify --ssh-user') values='';;
    'verify --ssh-port') values='';;
    'verify --jump') values='';;
    'verify -J') values='';;
    'verify --known-hosts') values='@files';;
    'verify --drain') values='if-nothing-else-runs always never';;
    'verify --outside-name') values='';;
    'verify --reboot-timeout') values='';;
    'verify --drain-timeout') values='';;
    'verify --output') values='json yaml';;
    'verify -o') values='json yaml';;
    'version --output') values='json yaml';;
    'version -o') values='json yaml';;
    *) return 1;;
  esac
}
_kadm_commands='apply
backup
bundle create
bundle verify
certs certificate-key
certs csr
certs upload
completion
config hosts
config images
config migrate
config print
config schema
config validate
doctor
etcd backup
etcd defrag
etcd members
etcd restore
etcd status
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
remove
reset
restore
status
token create
token delete
token list
verify
version'
_kadm_phases='prepare prepare/hostname prepare/network prepare/swap prepare/kernel prepare/nat prepare/firewall prepare/proxy prepare/packages prepare/runtime prepare/kubelet control-plane-images load-balancer certs certs/ca certs/leaves kubeconfig virtual-address etcd control-plane kubelet-start node-images wait-control-plane controllers-start admin virtual-address-rights upload-config bootstrap-token mark-control-plane load-balancer-ready virtual-address-ready pod-network addon addon/kube-proxy addon/kube-proxy/objects addon/kube-proxy/ready addon/kube-proxy/in-force addon/coredns kubelet-finalize user-kubeconfig controllers control-plane-join control-plane-join/load-balancer control-plane-join/certs control-plane-join/certs/shared control-plane-join/certs/leaves control-plane-join/kubeconfig control-plane-join/virtual-address control-plane-join/kubelet-start control-plane-join/kubelet-finalize control-plane-join/etcd control-plane-join/manifests control-plane-join/wait-control-plane control-plane-join/kubelet-server control-plane-join/load-balancer-ready control-plane-join/virtual-address-start control-plane-join/mark-control-plane control-plane-join/user-kubeconfig control-plane-join/controllers worker worker/load-balancer worker/kubelet-start worker/token-gone worker/marks node-ready node-pods control-plane-pods cluster-ready'
_kadm_checks='all Architecture CPUSETS CRI Capabilities CgroupDriver ClockOffset ClockSync Clone CloudInit ContainerRuntimeVersion ControlPlaneEndpoint DNSUpstreams DirAvailable--var-lib-etcd DiskSpace DiskWritable DuplicateAddress DuplicateHostname ExternalCA ExternalEtcd ExternalEtcdClientCertificates FirewallOutput Firewalld Forwarding FsyncLatency HTTPProxy HTTPProxyCIDR Hostname HostsFile ImmutableFile IsPrivilegedUser KernelModules KubeletDropIns KubeletExtraArgs KubeletSource KubeletVersion LoadBalancer ManifestCopies Mem NetworkManager NetworkRanges NodeAddress NumCPU OperatingSystem OtherCluster OtherKubernetes PackageLock PackageRepository PackageState PacketFilter PathMTU PathType PodNetworkConfig PodNetworkLeftovers ProtectKernelDefaults ProxyNotInFile Reachability Role RuntimeDropIns RuntimeStart SameMachine Service-kubelet StaticAddress Swap SwapInUse SwapKernel SysctlFiles SystemVerification Ufw UnfinishedRestore VXLAN VersionChange VirtualAddress Virtualization FileAvailable--etc-kubernetes-kubelet.conf FileAvailable--etc-kubernetes-pki-ca.crt FileContent--proc-sys-net-ipv4-ip_forward Port-2379 Port-2380 Port-6443 Port-7443 Port-10250 Port-10256 Port-10257 Port-10259'
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
