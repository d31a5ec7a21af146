# Tries the name servers to which CoreDNS forwards.

command -v bash >/dev/null || exit 0
cat @{kubelet_dir}/pods/*/volumes/kubernetes.io~configmap/config-volume/Corefile |
  sed -n 's/^ *forward  *[.]  *//p' | tr ' ' '\n' | sed 's#^dns://##' | grep -E '^[0-9]+([.][0-9]+){3}(:[0-9]+)?$' | sort -u | head -n @{most} | {
    while read -r server; do
      {
        case $server in *:*) port=$(echo "$server" | sed 's/.*://');; *) port=53;; esac
        host=$(echo "$server" | sed 's/:.*//')
        kadm_dns "$host" "$port" @{question} && echo "$server yes" || echo "$server no"
      } &
    done
    wait
  }
