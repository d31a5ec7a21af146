import {sh} from '../remote/shell.ts'
import type {Script} from '../remote/shell.ts'

/** Waits until nobody holds dpkg's locks, and names who does when the time is over; unattended upgrades hold them for minutes after a boot. */
export const waitForApt = (seconds: number, lockFiles: readonly string[] = LOCK_FILES): Script => sh`kadm_apt_holder() {
for kadm_lock in ${lockFiles}; do
[ -e "$kadm_lock" ] || continue
kadm_inode=$(stat -c %i -- "$kadm_lock")
while read -r kadm_n kadm_type kadm_mode kadm_access kadm_pid kadm_file kadm_rest; do
case $kadm_file in *:"$kadm_inode") [ "$kadm_pid" = $$ ] || { printf '%s' "$kadm_pid"; return 0; };; esac
done </proc/locks
done
return 1
}
kadm_left=${seconds}
while kadm_holder=$(kadm_apt_holder); do
if [ "$kadm_left" -le 0 ]; then
printf 'waited %s s for the package manager; held by process %s: %s\n' ${seconds} "$kadm_holder" "$(tr '\000' ' ' </proc/"$kadm_holder"/cmdline 2>/dev/null)" >&2
exit 1
fi
kadm_left=$((kadm_left - 1)); sleep 1
done`

const LOCK_FILES = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
]
