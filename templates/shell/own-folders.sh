# The folders of the certificates and of etcd's data that this host uses, by what its own files name.

pki_dir=$(cat @{manifests_dir}/kube-apiserver.yaml 2>/dev/null | tr -d "\"'" | sed -n 's|^ *- *--client-ca-file=\(/.*\)/ca\.crt *$|\1|p' | head -n 1)
[ -n "$pki_dir" ] || [ -e @{pki_dir}/ca.crt ] ||
  pki_dir=$(cat @{kubelet_config} 2>/dev/null | tr -d "\"'" | sed -n 's|^ *clientCAFile: *\(/.*\)/ca\.crt *$|\1|p' | head -n 1)
[ -n "$pki_dir" ] || pki_dir=@{pki_dir}
etcd_dir=$(cat @{manifests_dir}/etcd.yaml 2>/dev/null | tr -d "\"'" | sed -n 's|^ *- *--data-dir=\(/.*[^ ]\) *$|\1|p' | head -n 1)
[ -n "$etcd_dir" ] || etcd_dir=@{etcd_dir}
