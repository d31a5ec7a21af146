### look
if command -v netplan >/dev/null; then echo 'netplan yes'; else echo 'netplan no'; fi
ip -o addr show scope global 2>/dev/null | while read -r kadm_n kadm_device kadm_family kadm_address kadm_rest; do
printf 'address %s %s\n' "$kadm_device" "$kadm_address"
done
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
rm -rf -- /run/kadm/network
(umask 077; mkdir -p -- /run/kadm/network/before)
if [ -d /etc/netplan ]; then cp -a -- /etc/netplan/. /run/kadm/network/before/; fi
cat >/run/kadm/network/back.sh <<'KADM_END'
[ "$1" = now ] || sleep 60
if [ -e /run/kadm/network/confirmed ]; then exit 0; fi
rm -f -- /etc/netplan/90-kadm.yaml
cp -a -- /run/kadm/network/before/. /etc/netplan/
if [ "$1" = now ]; then exit 0; fi
if command -v udevadm >/dev/null; then netplan apply >&2
else netplan generate >&2; networkctl reload; fi
KADM_END
systemctl stop kadm-network-rollback.service 2>/dev/null || :
systemd-run --quiet --collect --unit=kadm-network-rollback sh /run/kadm/network/back.sh later >&2 || { setsid sh /run/kadm/network/back.sh later </dev/null >/dev/null 2>&1 & }
[ -d /etc/netplan ] || (umask 022; mkdir -p -- /etc/netplan)
[ ! -e /etc/netplan/.kadm-90-kadm.yaml.new ] || rm -f -- /etc/netplan/.kadm-90-kadm.yaml.new
(umask 077; set -C; base64 -d >/etc/netplan/.kadm-90-kadm.yaml.new) <<'KADM_END'
bmV0d29yazoge30K
KADM_END
case $(sha256sum </etc/netplan/.kadm-90-kadm.yaml.new) in 169d2d0f4409f254793e7092697c0eae4e30a3ef0ac7573fff6e9686f41f76af*) ;; *) { printf '%s\n' 'what arrived for /etc/netplan/90-kadm.yaml is not what was sent' >&2; exit 1; };; esac
chown -- root:root /etc/netplan/.kadm-90-kadm.yaml.new
chmod -- 0600 /etc/netplan/.kadm-90-kadm.yaml.new
sync -- /etc/netplan/.kadm-90-kadm.yaml.new
mv -fT -- /etc/netplan/.kadm-90-kadm.yaml.new /etc/netplan/90-kadm.yaml
if ! netplan generate >&2; then
sh /run/kadm/network/back.sh now
{ printf '%s\n' 'netplan does not take /etc/netplan/90-kadm.yaml' >&2; exit 1; }
fi
if command -v udevadm >/dev/null; then netplan apply >&2
else netplan generate >&2; networkctl reload; fi
for kadm_address in 10.0.0.1/24; do
kadm_left=50
until ip -o addr show | grep -qF -e " $kadm_address " || [ "$kadm_left" = 0 ]; do sleep 0.2; kadm_left=$((kadm_left - 1)); done
done

### confirm
if [ -d /run/kadm/network ]; then : >/run/kadm/network/confirmed; fi
systemctl stop kadm-network-rollback.service 2>/dev/null || :

### undo
rm -f -- /etc/netplan/90-kadm.yaml
rmdir -- /etc/demo 2>/dev/null || :
:
if command -v udevadm >/dev/null; then netplan apply >&2
else netplan generate >&2; networkctl reload; fi
