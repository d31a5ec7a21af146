# What makes this host a node of a cluster. It prints no key and no token.
# shellcheck disable=SC2154 # pki_dir and etcd_dir come from own-folders.sh

command -v kubelet >/dev/null && echo "kubelet $(timeout 30 kubelet --version)"
for comm in /proc/[0-9]*/comm; do
  read -r name <"$comm" && [ "$name" = kubelet ] && { echo 'running yes'; break; }
done
sed -n 's/^cgroupDriver: */driver /p' @{kubelet_config}
cat @{kubelet_flags_env} /etc/default/kubelet | grep -oE -e '--(node-ip|hostname-override)=[^ "]+' | sed 's/^--\([^=]*\)=/\1 /'
sed -n 's/^ *server: */server /p' @{kubelet_conf} | head -n 1
sed -n 's/^.*name: *system:node:\([^@]*\).*$/node \1/p' @{kubelet_conf} | head -n 1
sed -n 's/^.*--advertise-address=\([^ "]*\).*$/advertise \1/p' @{manifests_dir}/kube-apiserver.yaml | head -n 1
sed -n 's/^ *image: *[^ ]*kube-apiserver:\(v[0-9.]*\).*$/api-version \1/p' @{manifests_dir}/kube-apiserver.yaml | head -n 1
echo "pki-dir $pki_dir"
echo "etcd-dir $etcd_dir"
sed 's/^/restore /' @{restore_dir}/state
echo 'certificate kubelet'
sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' @{kubelet_client_pem}
echo 'certificate ca'
cat "$pki_dir/ca.crt"
