set -eu
umask 022
kadm_lock() {
kadm_turn=0
while [ "$kadm_turn" -lt 5 ]; do
kadm_turn=$((kadm_turn + 1))
[ -d /var/lib/kadm ] || return 1
{ command exec 9>>/var/lib/kadm/lock; } 2>/dev/null || return 1
flock -w 60 9 || return 2
[ /proc/self/fd/9 -ef /var/lib/kadm/lock ] && return 0
done
return 2
}
kadm_locked=0; kadm_lock || kadm_locked=$?
[ "$kadm_locked" != 2 ] || { echo 'another kadm script is still running on this host' >&2; exit 75; }
kadm_fence=$(sed -n 2p /var/lib/kadm/lease 2>/dev/null || :)
if [ "$kadm_fence" != 7 ]; then
kadm_holder=$(sed -n 1p /var/lib/kadm/lease 2>/dev/null || :)
[ -n "$kadm_holder" ] || kadm_holder='a run that has ended since'
if [ -n "$kadm_fence" ]; then echo "the lease of this run was taken over by $kadm_holder (fence $kadm_fence)" >&2
else echo 'the lease of this run is gone: the machine was reset meanwhile' >&2; fi
exit 75; fi
mkdir -p -m 0700 /var/lib/kadm/ledger
touch /var/lib/kadm/lease
kadm_sequence=$(date +%s%N)
# (here stands the shell of remove-tree.ts)
printf '\035act %s\n' file:/etc/demo.conf >&2

if [ ! -e /var/lib/kadm/ledger/file-etc-demo.conf-3572f094/sequence ]; then
[ ! -e /var/lib/kadm/ledger/file-etc-demo.conf-3572f094 ] && [ ! -e /var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new ] || kadm_remove_trees /var/lib/kadm/ledger/file-etc-demo.conf-3572f094 /var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new
mkdir -p -m 0700 /var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new/keep
printf %s '{"format":2,"kadm":"0.1.0","kind":"file","id":"file:/etc/demo.conf","original":{"type":"absent","missing":[]}}' >/var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new/original.json
printf %s '{"format":2,"kadm":"0.1.0","kind":"file","id":"file:/etc/demo.conf","applied":{"kind":"file","id":"file:/etc/demo.conf","why":"a test needs it","path":"/etc/demo.conf","mode":"0644","owner":"root:root","secret":false,"sha256":"87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"}}' >/var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new/applied.json
kadm_sequence=$((kadm_sequence + 1)); echo "$kadm_sequence" >/var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new/sequence
mv /var/lib/kadm/ledger/file-etc-demo.conf-3572f094.new /var/lib/kadm/ledger/file-etc-demo.conf-3572f094
else
[ ! -e /var/lib/kadm/ledger/file-etc-demo.conf-3572f094/undoing ] || rm -f -- /var/lib/kadm/ledger/file-etc-demo.conf-3572f094/undoing
printf %s '{"format":2,"kadm":"0.1.0","kind":"file","id":"file:/etc/demo.conf","applied":{"kind":"file","id":"file:/etc/demo.conf","why":"a test needs it","path":"/etc/demo.conf","mode":"0644","owner":"root:root","secret":false,"sha256":"87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"}}' >/var/lib/kadm/ledger/file-etc-demo.conf-3572f094/applied.json.new
mv /var/lib/kadm/ledger/file-etc-demo.conf-3572f094/applied.json.new /var/lib/kadm/ledger/file-etc-demo.conf-3572f094/applied.json
fi
( set -eu; [ -d /etc ] || (umask 022; mkdir -p -- /etc)
[ ! -e /etc/.kadm-demo.conf.new ] || rm -f -- /etc/.kadm-demo.conf.new
(umask 077; set -C; base64 -d >/etc/.kadm-demo.conf.new) <<'KADM_END'
YQo=
KADM_END
[ "$(sha256sum </etc/.kadm-demo.conf.new)" = '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  -' ] || { printf '%s\n' 'what arrived for /etc/demo.conf is not what was sent' >&2; exit 1; }
chown -- root:root /etc/.kadm-demo.conf.new
chmod -- 0644 /etc/.kadm-demo.conf.new
sync -- /etc/.kadm-demo.conf.new
mv -fT -- /etc/.kadm-demo.conf.new /etc/demo.conf
) </dev/null >&2 9>&-
printf '\035act %s\n' cleanup:token >&2
( set -eu; rm /tmp/token
) </dev/null >&2 9>&-
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
