# Waits until nobody holds the locks of dpkg, and reports who does. Counted on the clock of the boot.
# shellcheck disable=SC2043 # the hole stands for several words

kadm_apt_holder() {
  for kadm_lock in @{lock_files}; do
    [ -e "$kadm_lock" ] || continue
    kadm_inode=$(stat -c %i -- "$kadm_lock")
    while read -r kadm_n kadm_type kadm_mode kadm_access kadm_pid kadm_file kadm_rest; do
      case $kadm_file in *:"$kadm_inode") [ "$kadm_pid" = $$ ] || {
        printf '%s' "$kadm_pid"
        return 0
      } ;; esac
    done </proc/locks
  done
  return 1
}
kadm_up() { cut -d. -f1 /proc/uptime; }
kadm_named() {
  kadm_name=$(cat /proc/"$1"/comm 2>/dev/null) || kadm_name=''
  kadm_line=$(tr '\000' ' ' </proc/"$1"/cmdline 2>/dev/null) || kadm_line=''
  kadm_ticks=$(sed 's/.*) //' /proc/"$1"/stat 2>/dev/null | cut -d' ' -f20) || kadm_ticks=''
  [ -n "$kadm_ticks" ] || {
    printf 'process %s' "$1"
    return 0
  }
  printf '%s (pid %s, for %s s: %s)' "$kadm_name" "$1" $(($(kadm_up) - kadm_ticks / 100)) "$(printf %s "$kadm_line" | cut -c 1-120 | sed 's/ *$//')"
}
kadm_most=@{seconds}
kadm_until=$(($(kadm_up) + kadm_most))
kadm_next=0
while kadm_holder=$(kadm_apt_holder); do
  kadm_now=$(kadm_up)
  if [ "$kadm_now" -ge "$kadm_until" ]; then
    printf 'waited %s s for the package manager; it is held by %s\n' "$kadm_most" "$(kadm_named "$kadm_holder")" >&2
    exit 1
  fi
  if [ "$kadm_now" -ge "$kadm_next" ]; then
    kadm_tell "waits for the package manager, at most $((kadm_until - kadm_now)) s more; it is held by $(kadm_named "$kadm_holder")"
    kadm_next=$((kadm_now + 15))
  fi
  sleep 1
done
