# Tries the file `candidate` among those of netplan, and takes it back unless someone renames `armed` in time.
# shellcheck disable=SC2043 # the hole stands for several words

cd @{run_dir} || exit 0
came() {
  left=$3
  until ip -o addr show dev "$1" | grep -F -e " $2 " | grep -qv tentative; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.2
  done
}
@{heard}
# The interfaces with an IPv4 address that the file does not name. A change of netplan's files must not cost them theirs.
others() {
  named=' '
  for card in @{interfaces}; do named="$named$card "; done
  ip -o -4 addr show scope global | while read -r _ card _; do
    case "$named" in *" $card "*) ;; *) echo "$card" ;; esac
  done | sort -u
}
addressed() {
  left=45
  while ip link show dev "$1" >/dev/null 2>&1 && ! ip -o -4 addr show dev "$1" scope global | grep -q .; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 1
    touch -c @{lease_file}
  done
}
# netplan makes networkd configure each interface twice. It can then remove the address that it added a moment before, and does not
# notice it; it adds the address again when you ask for it.
kept_addresses() {
  [ ! -s others ] || sleep 1
  while read -r card; do
    addressed "$card" || { networkctl reconfigure "$card" && addressed "$card"; } || return 1
  done <others
}
stage() {
  printf '%s\n' "$*" >stage.new
  mv -f stage.new stage
}
back() {
  mv armed reverted 2>/dev/null || exit 0
  for card in @{interfaces}; do
    networkctl --no-pager --lines=0 status "$card"
    ip addr show dev "$card"
  done >evidence 2>&1
  rm -f -- @{try_path}
  @{apply}
  @{restore}
  kept_addresses
  stage "reverted $1"
  exit 0
}
sleep 2
[ -d @{try_dir} ] || mkdir -p -- @{try_dir}
cp -a -- candidate @{try_path}
if ! netplan generate >evidence 2>&1; then
  mv armed reverted
  rm -f -- @{try_path}
  netplan generate >/dev/null 2>&1
  stage 'reverted netplan does not take the file'
  exit 0
fi
others >others
@{apply} || back "netplan apply failed: $(tail -n1 apply.log)"
@{check}
kept_addresses || back "$card lost its address, and it did not come back"
stage applied
uptime() {
  IFS=. read -r up rest </proc/uptime
  echo "$up"
}
seconds=@{seconds}
end=$(($(uptime) + seconds))
while [ "$(uptime)" -lt "$end" ] && [ -e armed ]; do
  sleep 1
  touch -c @{lease_file}
done
back @{too_late}
