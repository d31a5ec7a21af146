### look
if command -v netplan >/dev/null; then echo 'netplan yes'; else echo 'netplan no'; fi
ip -o link show dev eth1 2>/dev/null | sed 's/^/link /'
ip -o addr show dev eth1 scope global 2>/dev/null | sed 's/^/address /'
echo file
if [ -L /etc/netplan/90-kadm.yaml ]; then printf 'symlink %s\n' "$(readlink -- /etc/netplan/90-kadm.yaml)"
elif [ -f /etc/netplan/90-kadm.yaml ]; then
set -- $(stat -L -c 'file %a %U:%G %u:%g %s' -- /etc/netplan/90-kadm.yaml)
printf '%s %s %s %s\nsha256 ' "$1" "$2" "$3" "$4"; sha256sum </etc/netplan/90-kadm.yaml
if [ "$5" -le 65536 ]; then printf 'content '; base64 -w0 </etc/netplan/90-kadm.yaml; echo; fi
elif [ -d /etc/netplan/90-kadm.yaml ]; then stat -L -c 'directory %a %U:%G %u:%g' -- /etc/netplan/90-kadm.yaml
elif [ -e /etc/netplan/90-kadm.yaml ]; then stat -L -c 'other %F' -- /etc/netplan/90-kadm.yaml
else echo absent
[ -d /etc/netplan ] || printf 'missing %s\n' /etc/netplan
[ -d /etc ] || printf 'missing %s\n' /etc
:
fi

### keep
:

### act
command -v netplan >/dev/null || { printf '%s\n' 'netplan is not installed; give the host its addresses by hand, or install netplan.io' >&2; exit 1; }
heard() {
  who=$(ip neigh show to "$2" dev "$1")
  case $who in *PERMANENT*) return 0 ;; esac
  ip neigh del "$2" dev "$1" 2>/dev/null
  ip neigh replace "$2" dev "$1" use 2>/dev/null || return 2
  left=20
  until [ "$left" = 0 ]; do
    who=$(ip neigh show to "$2" dev "$1")
    case $who in *lladdr*) return 0 ;; *FAILED*) return 1 ;; esac
    sleep 0.2
    left=$((left - 1))
  done
  return 1
}
ip link set dev eth1 up
left=20; until [ "$(cat /sys/class/net/eth1/carrier 2>/dev/null)" = 1 ] || [ "$left" = 0 ]; do sleep 0.2; left=$((left - 1)); done
if ! ip -o addr show | grep -qF -e ' 10.0.0.1/' && heard eth1 10.0.0.1; then
printf '%s\n' "$who" >&2
ip link set dev eth1 down
{ printf '%s\n' '10.0.0.1 belongs to another machine on the network of eth1' >&2; exit 1; }
fi
ip neigh del 10.0.0.1 dev eth1 2>/dev/null || :
ip link set dev eth1 down
if [ -e /run/kadm/network/stage ] && [ "$(cat /run/kadm/network/stage)" != kept ] && systemctl is-active --quiet kadm-network-trial.service; then
{ printf '%s\n' 'an earlier trial of the network is still under way; it ends by itself within 120 s, run this again then' >&2; exit 1; }
fi
systemctl stop kadm-network-trial.service 2>/dev/null || :
# (here stands the shell of golden/remove-tree.sh)
kadm_remove_trees /run/kadm/network
(umask 077; mkdir -p -- /run/kadm/network)
(umask 077; set -C; base64 -d >/run/kadm/network/candidate) <<'KADM_END'
bmV0d29yazoge30K
KADM_END
cat >/run/kadm/network/trial.sh <<'KADM_TRIAL'
cd /run/kadm/network || exit 0
came() {
  left=$3
  until ip -o addr show dev "$1" | grep -F -e " $2 " | grep -qv tentative; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.2
  done
}
heard() {
  who=$(ip neigh show to "$2" dev "$1")
  case $who in *PERMANENT*) return 0 ;; esac
  ip neigh del "$2" dev "$1" 2>/dev/null
  ip neigh replace "$2" dev "$1" use 2>/dev/null || return 2
  left=20
  until [ "$left" = 0 ]; do
    who=$(ip neigh show to "$2" dev "$1")
    case $who in *lladdr*) return 0 ;; *FAILED*) return 1 ;; esac
    sleep 0.2
    left=$((left - 1))
  done
  return 1
}
# The interfaces with an IPv4 address that the file does not name. A change of netplan's files must not cost them theirs.
others() {
  named=' '
  for card in eth1; do named="$named$card "; done
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
    touch -c /var/lib/kadm/lease
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
  for card in eth1; do
    networkctl --no-pager --lines=0 status "$card"
    ip addr show dev "$card"
  done >evidence 2>&1
  rm -f -- /run/netplan/90-kadm.yaml
  { if command -v udevadm >/dev/null; then netplan apply; else netplan generate && networkctl reload; fi; } >apply.log 2>&1
  ip addr del 10.0.0.1/24 dev eth1 2>/dev/null || :
came eth1 10.0.0.7/24 75 || :
[ "$(cat /sys/class/net/eth1/mtu)" = 1500 ] || ip link set dev eth1 mtu 1500 2>/dev/null || :
ip link set dev eth1 down
:
  kept_addresses
  stage "reverted $1"
  exit 0
}
sleep 2
[ -d /run/netplan ] || mkdir -p -- /run/netplan
cp -a -- candidate /run/netplan/90-kadm.yaml
if ! netplan generate >evidence 2>&1; then
  mv armed reverted
  rm -f -- /run/netplan/90-kadm.yaml
  netplan generate >/dev/null 2>&1
  stage 'reverted netplan does not take the file'
  exit 0
fi
others >others
{ if command -v udevadm >/dev/null; then netplan apply; else netplan generate && networkctl reload; fi; } >apply.log 2>&1 || back "netplan apply failed: $(tail -n1 apply.log)"
came eth1 10.0.0.1/24 100 || back '10.0.0.1/24 did not come to eth1; see whether its cable is in and no other file speaks of it'
heard eth1 10.0.0.254; [ "$?" != 1 ] || back 'no machine answers at the gateway 10.0.0.254 on eth1'
kept_addresses || back "$card lost its address, and it did not come back"
stage applied
uptime() {
  IFS=. read -r up rest </proc/uptime
  echo "$up"
}
seconds=120
end=$(($(uptime) + seconds))
while [ "$(uptime)" -lt "$end" ] && [ -e armed ]; do
  sleep 1
  touch -c /var/lib/kadm/lease
done
back 'no new login succeeded within 120 s'
KADM_TRIAL
echo trying >/run/kadm/network/stage
: >/run/kadm/network/armed
systemd-run --quiet --collect --unit=kadm-network-trial.service sh /run/kadm/network/trial.sh >&2 ||
{ setsid sh /run/kadm/network/trial.sh </dev/null >/dev/null 2>&1 & }

### stage
if cd /run/kadm/network 2>/dev/null; then
cat stage; cat evidence 2>/dev/null || :
else echo 'reverted the host was restarted meanwhile, which takes it back'; fi

### confirm
if ! cd /run/kadm/network 2>/dev/null; then echo 'reverted the host was restarted meanwhile, which takes it back'
elif mv armed confirmed 2>/dev/null; then
( cd /; [ -d /etc/netplan ] || (umask 022; mkdir -p -- /etc/netplan)
[ ! -e /etc/netplan/.kadm-90-kadm.yaml.new ] || rm -f -- /etc/netplan/.kadm-90-kadm.yaml.new
(umask 077; set -C; base64 -d >/etc/netplan/.kadm-90-kadm.yaml.new) <<'KADM_END'
bmV0d29yazoge30K
KADM_END
[ "$(sha256sum </etc/netplan/.kadm-90-kadm.yaml.new)" = '169d2d0f4409f254793e7092697c0eae4e30a3ef0ac7573fff6e9686f41f76af  -' ] || { printf '%s\n' 'what arrived for /etc/netplan/90-kadm.yaml is not what was sent' >&2; exit 1; }
chown -- root:root /etc/netplan/.kadm-90-kadm.yaml.new
chmod -- 0600 /etc/netplan/.kadm-90-kadm.yaml.new
sync -- /etc/netplan/.kadm-90-kadm.yaml.new
mv -fT -- /etc/netplan/.kadm-90-kadm.yaml.new /etc/netplan/90-kadm.yaml
) >&2
rm -f -- /run/netplan/90-kadm.yaml
echo kept | tee stage
else cat stage; cat evidence 2>/dev/null || :; fi

### undo
if [ -e /run/kadm/network/stage ] && [ "$(cat /run/kadm/network/stage)" != kept ] && systemctl is-active --quiet kadm-network-trial.service; then
{ printf '%s\n' 'an earlier trial of the network is still under way; it ends by itself within 120 s, run this again then' >&2; exit 1; }
fi
systemctl stop kadm-network-trial.service 2>/dev/null || :
# (here stands the shell of golden/remove-tree.sh)
kadm_remove_trees /run/kadm/network
(umask 077; mkdir -p -- /run/kadm/network)
(umask 077; set -C; base64 -d >/run/kadm/network/candidate) <<'KADM_END'
bmV0d29yazoge3ZlcnNpb246IDJ9Cg==
KADM_END
cat >/run/kadm/network/trial.sh <<'KADM_TRIAL'
cd /run/kadm/network || exit 0
came() {
  left=$3
  until ip -o addr show dev "$1" | grep -F -e " $2 " | grep -qv tentative; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.2
  done
}
heard() {
  who=$(ip neigh show to "$2" dev "$1")
  case $who in *PERMANENT*) return 0 ;; esac
  ip neigh del "$2" dev "$1" 2>/dev/null
  ip neigh replace "$2" dev "$1" use 2>/dev/null || return 2
  left=20
  until [ "$left" = 0 ]; do
    who=$(ip neigh show to "$2" dev "$1")
    case $who in *lladdr*) return 0 ;; *FAILED*) return 1 ;; esac
    sleep 0.2
    left=$((left - 1))
  done
  return 1
}
# The interfaces with an IPv4 address that the file does not name. A change of netplan's files must not cost them theirs.
others() {
  named=' '
  for card in eth1; do named="$named$card "; done
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
    touch -c /var/lib/kadm/lease
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
  for card in eth1; do
    networkctl --no-pager --lines=0 status "$card"
    ip addr show dev "$card"
  done >evidence 2>&1
  rm -f -- /run/netplan/90-kadm.yaml
  { if command -v udevadm >/dev/null; then netplan apply; else netplan generate && networkctl reload; fi; } >apply.log 2>&1
  came eth1 10.0.0.1/24 25 || ip addr add 10.0.0.1/24 dev eth1 2>/dev/null || :
[ "$(cat /sys/class/net/eth1/mtu)" = 1400 ] || ip link set dev eth1 mtu 1400 2>/dev/null || :
:
:
  kept_addresses
  stage "reverted $1"
  exit 0
}
sleep 2
[ -d /run/netplan ] || mkdir -p -- /run/netplan
cp -a -- candidate /run/netplan/90-kadm.yaml
if ! netplan generate >evidence 2>&1; then
  mv armed reverted
  rm -f -- /run/netplan/90-kadm.yaml
  netplan generate >/dev/null 2>&1
  stage 'reverted netplan does not take the file'
  exit 0
fi
others >others
{ if command -v udevadm >/dev/null; then netplan apply; else netplan generate && networkctl reload; fi; } >apply.log 2>&1 || back "netplan apply failed: $(tail -n1 apply.log)"
ip addr del 10.0.0.1/24 dev eth1 2>/dev/null || :
came eth1 10.0.0.7/24 75 || :
[ "$(cat /sys/class/net/eth1/mtu)" = 1500 ] || ip link set dev eth1 mtu 1500 2>/dev/null || :
ip link set dev eth1 down
:
kept_addresses || back "$card lost its address, and it did not come back"
stage applied
uptime() {
  IFS=. read -r up rest </proc/uptime
  echo "$up"
}
seconds=120
end=$(($(uptime) + seconds))
while [ "$(uptime)" -lt "$end" ] && [ -e armed ]; do
  sleep 1
  touch -c /var/lib/kadm/lease
done
back 'no new login succeeded within 120 s'
KADM_TRIAL
echo trying >/run/kadm/network/stage
: >/run/kadm/network/armed
systemd-run --quiet --collect --unit=kadm-network-trial.service sh /run/kadm/network/trial.sh >&2 ||
{ setsid sh /run/kadm/network/trial.sh </dev/null >/dev/null 2>&1 & }

### confirm undo
if ! cd /run/kadm/network 2>/dev/null; then echo 'reverted the host was restarted meanwhile, which takes it back'
elif mv armed confirmed 2>/dev/null; then
( cd /; rm -f -- /etc/netplan/90-kadm.yaml
rmdir -- /etc/demo 2>/dev/null || :
:
) >&2
rm -f -- /run/netplan/90-kadm.yaml
echo kept | tee stage
else cat stage; cat evidence 2>/dev/null || :; fi
