# How far this host has joined, and the manifests that its kubelet reads.
# shellcheck disable=SC2154 # pki_dir comes from own-folders.sh

[ -s @{bootstrap_kubelet_conf} ] && echo 'bootstrap yes'
[ -s @{kubelet_conf} ] && echo 'kubeconfig yes'
[ -s @{kubelet_client_pem} ] && echo 'certificate yes'
[ -s @{admin_conf} ] && echo 'admin yes'
[ -s "$pki_dir/apiserver.crt" ] && echo 'apiserver yes'
for file in @{bootstrap_kubelet_conf} @{kubelet_conf}; do sed -n 's/^ *server: */server /p' "$file" | head -n 1; done
[ -s @{kubelet_config} ] && echo 'config yes'
cat @{kubelet_config} @{kubelet_instance_config} | sed -nE 's/^(cgroupDriver|resolvConf|failSwapOn|containerRuntimeEndpoint): */\1 /p'
sed -n 's/^ *- *.\{0,1\}--etcd-servers=/etcd /p' @{manifests_dir}/kube-apiserver.yaml
told=' ' seen=0
for file in @{of_components} @{manifests_dir}/*; do
  [ -f "$file" ] || continue
  case $told in *" $file "*) continue;; esac
  seen=$((seen + 1)); [ "$seen" -le @{most_manifests} ] || break
  told="$told$file "
  pod=$(sed -n '/^metadata:/,/^[a-z]/s/^  name: *//p' "$file" | head -n 1)
  echo "manifest $(basename "$file" | tr ' ' '?') $(stat -L -c %Z "$file") $([ -n "$pod" ] && echo "$pod" || echo -) $(sed -n 's/^ *\(- \)\{0,1\}image: *//p' "$file" | head -n 1)"
done
:
