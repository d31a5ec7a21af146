### look
printf 'running %s\n' "$(cat /proc/sys/kernel/hostname)"
if [ -L /etc/hostname ]; then printf 'symlink %s\n' "$(readlink -- /etc/hostname)"
elif [ -f /etc/hostname ]; then
set -- $(stat -L -c 'file %a %U:%G %u:%g %s' -- /etc/hostname)
printf '%s %s %s %s\nsha256 ' "$1" "$2" "$3" "$4"; sha256sum </etc/hostname
if [ "$5" -le 65536 ]; then printf 'content '; base64 -w0 </etc/hostname; echo; fi
elif [ -d /etc/hostname ]; then stat -L -c 'directory %a %U:%G %u:%g' -- /etc/hostname
elif [ -e /etc/hostname ]; then stat -L -c 'other %F' -- /etc/hostname
else echo absent
[ -d /etc ] || printf 'missing %s\n' /etc
:
fi

### keep
:

### act
[ -d /etc ] || (umask 022; mkdir -p -- /etc)
[ ! -e /etc/.kadm-hostname.new ] || rm -f -- /etc/.kadm-hostname.new
(umask 077; set -C; base64 -d >/etc/.kadm-hostname.new) <<'KADM_END'
bWFzdGVyCg==
KADM_END
[ "$(sha256sum </etc/.kadm-hostname.new)" = '9b3162498c21d7f960877099174ecea13410bd21d12440b2ea8868117fc08ae0  -' ] || { printf '%s\n' 'what arrived for /etc/hostname is not what was sent' >&2; exit 1; }
chown -- 0:0 /etc/.kadm-hostname.new
chmod -- 0644 /etc/.kadm-hostname.new
sync -- /etc/.kadm-hostname.new
mv -fT -- /etc/.kadm-hostname.new /etc/hostname
if [ "$(cat /proc/sys/kernel/hostname)" != master ]; then
if [ -w /proc/sys/kernel/hostname ]; then printf '%s\n' master >/proc/sys/kernel/hostname
elif command -v hostname >/dev/null; then hostname master
else hostnamectl --transient set-hostname master; fi
fi

### undo
rm -f -- /etc/hostname
if [ "$(cat /proc/sys/kernel/hostname)" != debian ]; then
if [ -w /proc/sys/kernel/hostname ]; then printf '%s\n' debian >/proc/sys/kernel/hostname
elif command -v hostname >/dev/null; then hostname debian
else hostnamectl --transient set-hostname debian; fi
fi
