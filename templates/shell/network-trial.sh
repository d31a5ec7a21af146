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
@{apply} || back "netplan apply failed: $(tail -n1 apply.log)"
@{check}
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
