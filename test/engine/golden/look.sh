printf '\036%s\n' 0
( set -u; if [ -L /etc/demo.conf ]; then printf 'symlink %s\n' "$(readlink -- /etc/demo.conf)"
elif [ -f /etc/demo.conf ]; then
set -- $(stat -L -c 'file %a %U:%G %u:%g %s' -- /etc/demo.conf)
printf '%s %s %s %s\nsha256 ' "$1" "$2" "$3" "$4"; sha256sum </etc/demo.conf
if [ "$5" -le 65536 ]; then printf 'content '; base64 -w0 </etc/demo.conf; echo; fi
elif [ -d /etc/demo.conf ]; then stat -L -c 'directory %a %U:%G %u:%g' -- /etc/demo.conf
elif [ -e /etc/demo.conf ]; then stat -L -c 'other %F' -- /etc/demo.conf
else echo absent
[ -d /etc ] || printf 'missing %s\n' /etc
:
fi ) </dev/null || printf '\036!%s %s\n' 0 "$?"
printf '\036%s\n' 1
( set -u; ls /tmp/token ) </dev/null || printf '\036!%s %s\n' 1 "$?"
