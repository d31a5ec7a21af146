# Takes the lease of the host, or prints its living holder and the seconds since its last heartbeat.
# shellcheck disable=SC2050 # the hole stands for a word that is known only later

set -eu
umask 077
@{lock_function}
kadm_locked=0; kadm_lock || kadm_locked=$?
old='' age=0
if [ -s @{lease_file} ]; then
old=$(sed -n 1p @{lease_file})
age=$(( $(date +%s) - $(stat -c %Y @{lease_file}) ))
fi
case $kadm_locked in
0) ;;
2) printf '%s\n%s\n' "$old" "$age"; echo 'another kadm script is still running on this host' >&2; exit @{held};;
*) echo 'the lock of kadm cannot be opened' >&2; exit 1;;
esac
if [ -n "$old" ] && [ @{force} = no ] && [ "$old" != @{gone} ] && [ "$age" -lt @{stale_seconds} ]; then
printf '%s\n%s\n' "$old" "$age"; exit @{held}
fi
printf '%s\n%s\n%s\n' @{holder} @{fence} "$(date +%s)" > @{lease_file}.new
mv -f @{lease_file}.new @{lease_file}
