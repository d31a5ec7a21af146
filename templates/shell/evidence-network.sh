# The configuration of the pod network on this host, and its name servers.

for file in @{cni_conf_dir}/*; do
  case $file in *.conf|*.conflist|*.json) [ -f "$file" ] || continue;; *) continue;; esac
  name=$(grep -oE '"name"[[:space:]]*:[[:space:]]*"[^"]*"' "$file" | head -n 1 | sed 's/.*"\([^"]*\)"$/\1/' | tr ' ' '_')
  types=$(sed -E 's/"ipam"[[:space:]]*:[[:space:]]*[{]/\n&/' "$file" | sed '/"ipam"/,/[}]/d' | grep -oE '"type"[[:space:]]*:[[:space:]]*"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/' | tr '\n' ' ')
  echo "config $(basename "$file") $([ -n "$name" ] && echo "$name" || echo -) $types"
done
for file in @{cni_bin_dir}/*; do [ -x "$file" ] && echo "plugin $(basename "$file")"; done
for file in /var/lib/cni/networks/*/*.*; do
  case $file in *[0-9].[0-9]*) [ -f "$file" ] && echo "address $(basename "$(dirname "$file")") $(basename "$file")";; esac
done | head -n 300
sed -n 's/^FLANNEL_SUBNET=/flannel /p' /run/flannel/subnet.env
tunnel=no
for link in flannel.1 flannel-v6.1 cni0; do
  flags=$(cat "/sys/class/net/$link/flags") || continue
  case $link,$flags in cni0,*[13579bdf]) ;; cni0,*) echo 'bridge down';; *[13579bdf]) tunnel=yes;; *) tunnel=down;; esac
done
echo "tunnel $tunnel"
# flannel makes its device again when it disappears, but not the entries for the other nodes that disappeared with it.
if [ "$tunnel" = yes ] && [ -z "$(bridge fdb show dev flannel.1)" ]; then
  log=$(ls -t /var/log/containers/*_kube-flannel_kube-flannel-*.log | head -n 1)
  [ -z "$log" ] || ! tail -c 1000000 "$log" | grep -q 'flannel.1 recreated' || echo 'tunnel-empty yes'
fi
[ -z "$(command -v getent)" ] || { getent hosts localhost >/dev/null && echo 'localhost yes' || echo 'localhost no'; }
sed -n 's/^nameserver */nameserver /p' /etc/resolv.conf
file=$(sed -n 's/^resolvConf: *//p' @{kubelet_config} | tr -d '"')
[ -n "$file" ] || file=/etc/resolv.conf
[ -e "$file" ] || echo 'resolv no'
sed -n 's/^nameserver */pods /p' "$file"
