kadm_tree_shell='kadm_mounts() {
  kadm_listed=$(KADM_TREE=$1 KADM_SELF=$2 LC_ALL=C awk '\''
function plain(s, out, n) {
  while (match(s, /\\[0-7][0-7][0-7]/)) {
    n = substr(s, RSTART + 1, 1) * 64 + substr(s, RSTART + 2, 1) * 8 + substr(s, RSTART + 3, 1)
    out = out substr(s, 1, RSTART - 1) sprintf("%c", n)
    s = substr(s, RSTART + 4)
  }
  return out s
}
BEGIN { tree = ENVIRON["KADM_TREE"]; self = ENVIRON["KADM_SELF"] }
{
  path = plain($5)
  if (index(path, tree "/") != 1 && !(path == tree && self == "self")) { elsewhere[$3] = 1; next }
  for (i = 7; $i != "-"; i++) ;
  point[++count] = $5; device[count] = $3; type[count] = $(i + 1)
}
END {
  for (i = 1; i <= count; i++) {
    safe = (device[i] in elsewhere) || type[i] ~ /^(nsfs|tmpfs|ramfs|overlay|proc|sysfs|mqueue|devpts|devtmpfs|cgroup2?|bpf)$/
    depth = gsub("/", "/", point[i])
    print depth, i, (safe ? "lazy" : "firm"), point[i]
  }
}'\'' /proc/self/mountinfo) || {
    echo '\''what is mounted here cannot be read, so nothing is removed'\'' >&2
    exit 1
  }
  printf '\''%s\n'\'' "$kadm_listed" | sort -k1,1nr -k2,2nr | cut -d '\'' '\'' -f 3-
}
kadm_unescape() {
  kadm_plain=$(printf "$(printf %s "$1" | sed '\''s/%/%%/g'\'')/")
  kadm_plain=${kadm_plain%/}
}
kadm_permanent() {
  sed -n '\''s/^Where=//p'\'' /etc/systemd/system/*.mount | while read -r kadm_point; do readlink -f -- "$kadm_point" || :; done
  while read -r kadm_device kadm_point kadm_rest; do
    case $kadm_device:$kadm_point in '\''#'\''*) ;; *:/*)
      kadm_unescape "$kadm_point"
      readlink -f -- "$kadm_plain" || :
      ;;
    esac
  done </etc/fstab || :
} 2>/dev/null
kadm_passing() {
  kadm_stay="
$(kadm_permanent)
"
  kadm_found=$(kadm_mounts "$1" '\'''\'') || exit 1
  [ -z "$kadm_found" ] || printf '\''%s\n'\'' "$kadm_found" | while read -r kadm_how kadm_mount; do
    kadm_unescape "$kadm_mount"
    case $kadm_stay in *"
$kadm_plain
"*) ;; *) printf '\''%s %s\n'\'' "$kadm_how" "$kadm_mount" ;; esac
  done
}
kadm_unmount_below() {
  kadm_trouble='\'''\''
  for kadm_try in 1 2 3 4 5; do
    [ "$kadm_try" = 1 ] || sleep 0.3
    kadm_taken=$(kadm_passing "$1") || return 1
    [ -n "$kadm_taken" ] || return 0
    kadm_trouble=$(printf '\''%s\n'\'' "$kadm_taken" | while read -r kadm_how kadm_mount; do
      kadm_unescape "$kadm_mount"
      timeout 20 umount -- "$kadm_plain" 2>&1 || { [ "$kadm_try" -gt 2 ] && [ "$kadm_how" = lazy ] && umount -l -- "$kadm_plain" 2>&1; } || :
    done)
  done
}
kadm_refuse_mounts() {
  kadm_found=$(kadm_mounts "$1" "$2") || exit 1
  [ -z "$kadm_found" ] || {
    [ -z "$3" ] || printf '\''%s\n'\'' "$3"
    printf '\''nothing was removed from %s, because something is still mounted there:\n%s\nsee what it is with findmnt, take it off with umount (one of /etc/fstab or of a mount unit is never taken off for you), and run this again\n'\'' "$1" "$(printf '\''%s\n'\'' "$kadm_found" | cut -d '\'' '\'' -f 2-)"
    exit 1
  } >&2
}
kadm_remove_unmounted() {
  kadm_do='\''eval "$KADM_TREE_SHELL"; kadm_refuse_mounts "$1" "$2" "$3"; shift 3; [ $# = 0 ] || rm -rf --one-file-system -- "$@"'\''
  if unshare -m true 2>/dev/null; then
    KADM_TREE_SHELL=$kadm_tree_shell unshare -m sh -euc "$kadm_do" sh "$@"
  else KADM_TREE_SHELL=$kadm_tree_shell sh -euc "$kadm_do" sh "$@"; fi
}
kadm_real_path() {
  kadm_real=$(readlink -f -- "$1" && echo /) || return 1
  kadm_real=${kadm_real%??}
}
kadm_remove_trees() { for kadm_path in "$@"; do
  if [ -L "$kadm_path" ] || [ ! -d "$kadm_path" ]; then
    rm -f -- "$kadm_path" || return 1
    continue
  fi
  kadm_real_path "$kadm_path" && kadm_unmount_below "$kadm_real" && kadm_remove_unmounted "$kadm_real" self "$kadm_trouble" "$kadm_real" || return 1
done; }
kadm_empty_tree() {
  [ -d "$1" ] || return 0
  kadm_real_path "$1" && kadm_unmount_below "$kadm_real" || return 1
  set --
  for kadm_inside in "$kadm_real"/* "$kadm_real"/.[!.]* "$kadm_real"/..?*; do
    case $kadm_inside in */lost+found) continue ;; esac
    if [ -e "$kadm_inside" ] || [ -L "$kadm_inside" ]; then set -- "$@" "$kadm_inside"; fi
  done
  kadm_remove_unmounted "$kadm_real" '\'''\'' "$kadm_trouble" "$@"
}'
eval "$kadm_tree_shell"
