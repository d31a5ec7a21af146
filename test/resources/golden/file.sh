### look
if [ -L /etc/demo/conf ]; then printf 'symlink %s\n' "$(readlink -- /etc/demo/conf)"
elif [ -f /etc/demo/conf ]; then
set -- $(stat -L -c 'file %a %U:%G %u:%g %s' -- /etc/demo/conf)
printf '%s %s %s %s\nsha256 ' "$1" "$2" "$3" "$4"; sha256sum </etc/demo/conf
if [ "$5" -le 65536 ]; then printf 'content '; base64 -w0 </etc/demo/conf; echo; fi
elif [ -d /etc/demo/conf ]; then stat -L -c 'directory %a %U:%G %u:%g' -- /etc/demo/conf
elif [ -e /etc/demo/conf ]; then stat -L -c 'other %F' -- /etc/demo/conf
else echo absent
[ -d /etc/demo ] || printf 'missing %s\n' /etc/demo
[ -d /etc ] || printf 'missing %s\n' /etc
:
fi

### keep
:

### act
[ -d /etc/demo ] || (umask 022; mkdir -p -- /etc/demo)
[ ! -e /etc/demo/.kadm-conf.new ] || rm -f -- /etc/demo/.kadm-conf.new
(umask 077; set -C; base64 -d >/etc/demo/.kadm-conf.new) <<'KADM_END'
YQo=
KADM_END
[ "$(sha256sum </etc/demo/.kadm-conf.new)" = '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  -' ] || { printf '%s\n' 'what arrived for /etc/demo/conf is not what was sent' >&2; exit 1; }
chown -- root:root /etc/demo/.kadm-conf.new
chmod -- 0644 /etc/demo/.kadm-conf.new
sync -- /etc/demo/.kadm-conf.new
mv -fT -- /etc/demo/.kadm-conf.new /etc/demo/conf

### undo
rm -f -- /etc/demo/conf
rmdir -- /etc/demo 2>/dev/null || :
:
