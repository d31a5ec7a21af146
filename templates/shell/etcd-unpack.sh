# Makes the data of an etcd with one member from a snapshot, beside the data that etcd has. It stops nothing.

kadm_etcdutl=$(command -v etcdutl || :)
if [ -z "$kadm_etcdutl" ]; then
  command -v ctr >/dev/null || {
    echo "neither etcdutl nor ctr is installed, so the snapshot cannot be restored; install etcdutl of the etcd release of the cluster in /usr/local/bin" >&2
    exit 1
  }
  kadm_image_dir=@{image_dir}
  mkdir -p "$kadm_image_dir"
  ! mountpoint -q "$kadm_image_dir" || umount "$kadm_image_dir"
  trap 'ctr -n k8s.io images unmount --rm "$kadm_image_dir" >/dev/null 2>&1 || :' EXIT
  ctr -n k8s.io images mount @{image} "$kadm_image_dir" >/dev/null
  for kadm_path in usr/local/bin usr/bin bin; do
    [ -n "$kadm_etcdutl" ] || [ ! -x "$kadm_image_dir/$kadm_path/etcdutl" ] || kadm_etcdutl="$kadm_image_dir/$kadm_path/etcdutl"
  done
  [ -n "$kadm_etcdutl" ] || {
    printf 'the image %s has no etcdutl, so the snapshot cannot be restored; install etcdutl of this release in /usr/local/bin on this host\n' @{image} >&2
    exit 1
  }
fi
kadm_new=@{new}
(umask 077 && mkdir -p "$kadm_new")
"$kadm_etcdutl" snapshot restore @{snapshot} --data-dir "$kadm_new" --name @{name} --initial-cluster @{members} --initial-advertise-peer-urls @{peer_url} --initial-cluster-token @{token} --bump-revision @{bump} --mark-compacted >&2
sync -f "$kadm_new"
printf '%s %s\n' @{sha256} @{members} >"$kadm_new/sha256.new"
mv -f "$kadm_new/sha256.new" "$kadm_new/sha256"
