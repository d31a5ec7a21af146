# Asks the name server of this host's pods for the cluster's own domain; without an answer, the API for the cluster's name server.

command -v bash >/dev/null && command -v kubectl >/dev/null || exit 0
config=$(cat @{kubelet_config} @{kubelet_instance_config} | tr -d "\"'")
address=$(echo "$config" | sed -n '/^clusterDNS:/,/^[A-Za-z]/s/^ *- *//p' | head -n 1)
domain=$(echo "$config" | sed -n 's/^clusterDomain: *//p' | head -n 1)
case $address in ''|169.254.*|fe80:*|*[!0-9a-f.:]*) exit 0;; esac
case $domain in ''|*[!A-Za-z0-9.-]*) exit 0;; esac
name=$(echo "$domain" | tr '.' '\n' | while read -r label; do printf '\\%03o%s' "$(printf %s "$label" | wc -c)" "$label"; done)
before=@{before_name}
after=@{after_name}
kadm_dns "$address" 53 "$before$name$after" && exit 0
service=$(timeout -k 1 3 kubectl --kubeconfig @{kubelet_conf} --request-timeout=2s get --raw /api/v1/namespaces/kube-system/services/kube-dns | grep -o '"clusterIP":"[^"]*"' | head -n 1 | cut -d'"' -f4)
[ -z "$service" ] || echo "$address $service"
