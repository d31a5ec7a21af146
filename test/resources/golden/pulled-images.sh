### look
if ! command -v ctr >/dev/null 2>&1; then
echo 'unavailable ctr is not installed'
else
kadm_code=0; kadm_list=$(timeout 150 ctr -n k8s.io images ls -q 2>&1) || kadm_code=$?
case $kadm_code in
0)
for kadm_ref in registry.k8s.io/pause:3.10; do
printf '%s\n' "$kadm_list" | grep -qxF -e "$kadm_ref" || printf 'missing %s\n' "$kadm_ref"
done
;;
124) echo 'unavailable containerd did not answer within 150 s';;
*) printf 'unavailable %s\n' "$(printf %s "$kadm_list" | head -n 1)";;
esac
fi

### keep
command -v ctr >/dev/null || { printf '%s\n' 'ctr is not installed, so no image can be pulled' >&2; exit 1; }
ctr -n k8s.io images ls -q >"$BACKUP"/refs

### act
kadm_tell() { printf '\035tell %s\n' "$1" >&2; }
:
kadm_most=600
kadm_deadline=$(($(cut -d. -f1 /proc/uptime) + kadm_most))
kadm_left() { echo $((kadm_deadline - $(cut -d. -f1 /proc/uptime))); }
kadm_once() {
  kadm_seconds=$(kadm_left)
  [ "$kadm_seconds" -gt 0 ] || return 124
  if command -v crictl >/dev/null 2>&1; then
    kadm_said=$(timeout "$kadm_seconds" crictl pull "$1" 2>&1)
  else
    kadm_said=$(timeout "$kadm_seconds" ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1" 2>&1 >/dev/null)
  fi
}
kadm_retry_after() {
  if command -v curl >/dev/null 2>&1; then
    if [ -n "$2" ]; then set -- "$1" --cacert "$2"; else set -- "$1"; fi
    kadm_url=$1
    shift
    curl -sS -o /dev/null -D - --max-time 20 "$@" -- "$kadm_url" 2>/dev/null
  else
    wget -q -S -T 20 -t 1 -O /dev/null -- "$1" 2>&1
  fi | tr -d '\r' | sed -n 's/^ *[Rr]etry-[Aa]fter: *\([0-9]\{1,6\}\) *$/\1/p' | tail -n 1
}
kadm_pull() {
  kadm_said=''
  kadm_why='its registry gives no usable answer'
  kadm_again=yes
  for kadm_pause in 2 5 15 last; do
    kadm_once "$1" && return 0 || kadm_code=$?
    kadm_again=yes
    kadm_wait=''
    [ "$kadm_code" != 124 ] || {
      kadm_why='all images together may take 600 s; check the network of this host, or use --bundle'
      break
    }
    case $kadm_said in
    *oomanyrequests* | *'oo Many Requests'*)
      kadm_why='its registry asks for fewer requests (429); try again later, or name a mirror in source.images'
      [ -z "$2" ] || kadm_wait=$(kadm_retry_after "$2" "$3")
      ;;
    *nauthorized* | *denied* | *orbidden* | *'authorization failed'*)
      kadm_why='its registry does not let this host have it'
      kadm_again=no
      ;;
    *'no such host'* | *refused* | *'no route'* | *timeout* | *'network is unreachable'*) kadm_why='its registry cannot be reached from this host; see its network and proxy, or use --bundle' ;;
    *'ot found'* | *'ot Found'* | *'manifest unknown'*)
      kadm_why='its registry does not have it; see kubernetesVersion and imageRepository'
      kadm_again=no
      ;;
    *x509* | *certificate*)
      kadm_why="the certificate of its registry is not trusted by this host; a mirror's authority is named in source.images"
      kadm_again=no
      ;;
    *EOF* | *'onnection reset'* | *'Internal Server Error'* | *'Bad Gateway'* | *'Service Unavailable'*) kadm_why='its registry broke off' ;;
    esac
    [ "$kadm_again" = yes ] && [ "$kadm_pause" != last ] || break
    if [ -n "$kadm_wait" ] && [ "$kadm_wait" -gt 120 ]; then
      kadm_why="$kadm_why; it wants to be asked again in $kadm_wait s"
      break
    fi
    [ -n "$kadm_wait" ] && [ "$kadm_wait" -gt "$kadm_pause" ] || kadm_wait=$kadm_pause
    [ "$(kadm_left)" -gt "$kadm_wait" ] || break
    [ "$kadm_wait" -lt 10 ] || kadm_tell "waits $kadm_wait s to pull $1 again: $kadm_why"
    sleep "$kadm_wait"
  done
  printf '%s\n' "$kadm_said" | tail -n 5 >&2
  printf 'could not pull %s: %s\n' "$1" "$kadm_why" >&2
  exit 1
}
kadm_pull registry.k8s.io/pause:3.10 '' ''
:

### undo
if command -v ctr >/dev/null && kadm_list=$(timeout 150 ctr -n k8s.io images ls 2>/dev/null); then
for kadm_ref in registry.k8s.io/pause:3.10; do
kadm_digest=$(printf '%s\n' "$kadm_list" | sed -n "s|^$kadm_ref  *[^ ]*  *\(sha256:[0-9a-f]*\) .*|\1|p" | head -n 1)
[ -n "$kadm_digest" ] || continue
for kadm_name in $(printf '%s\n' "$kadm_list" | sed -n "s|^\([^ ]*\)  *[^ ]*  *$kadm_digest .*|\1|p"); do
grep -qxF -e "$kadm_name" "$BACKUP"/refs || ctr -n k8s.io images rm "$kadm_name" >/dev/null
done
done
fi
