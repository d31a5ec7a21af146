# Asks the API for the host's own node as the kubelet.

conf=@{kubelet_conf}; [ -s "$conf" ] || exit 0
command -v kubectl >/dev/null || exit 0
name=$(sed -n 's/.*--hostname-override=\([^ "]*\).*/\1/p' @{kubelet_flags_env})
[ -n "$name" ] || name=$(uname -n | tr 'A-Z' 'a-z')
echo "node $name"
server=$(sed -n 's/^ *server: *//p' "$conf" | head -n 1 | tr -d '"')
place=$(echo "$server" | sed 's#^[a-z]*://##; s#/.*##')
port=443
case $place in *:[0-9]*) port=$(echo "$place" | sed 's/.*://'); place=$(echo "$place" | sed 's/:[0-9]*$//');; esac
host=$(echo "$place" | tr -d '[]')
{
  timeout -k 1 3 kubectl --kubeconfig "$conf" --request-timeout=2s get --raw "/api/v1/nodes/$name" | sed 's/^/json /'
} 2>&1 | tail -n 20 | cut -c1-60000 | kadm_clean
echo
[ -z "$host" ] || echo "port $(kadm_port "$host" "$port")"
other=$(cat @{kubelet_dir}/pods/*/volumes/kubernetes.io~configmap/kube-proxy/kubeconfig.conf | sed -n 's/^ *server: *//p' | head -n 1 | tr -d '"')
[ -z "$other" ] || [ "$other" = "$server" ] || {
  place=$(echo "$other" | sed 's#^[a-z]*://##; s#/.*##')
  case $place in *:[0-9]*) echo "other $other $(kadm_port "$(echo "$place" | sed 's/:[0-9]*$//' | tr -d '[]')" "$(echo "$place" | sed 's/.*://')")";; esac
}
