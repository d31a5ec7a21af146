### look
dpkg-query -W -f '${db:Status-Status} ${Version}
' kubelet 2>/dev/null || echo not-installed
apt-mark showhold kubelet 2>/dev/null | sed 's/^/held /'

### act
kadm_apt_holder() {
for kadm_lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
[ -e "$kadm_lock" ] || continue
kadm_inode=$(stat -c %i -- "$kadm_lock")
while read -r kadm_n kadm_type kadm_mode kadm_access kadm_pid kadm_file kadm_rest; do
case $kadm_file in *:"$kadm_inode") [ "$kadm_pid" = $$ ] || { printf '%s' "$kadm_pid"; return 0; };; esac
done </proc/locks
done
return 1
}
kadm_left=300
while kadm_holder=$(kadm_apt_holder); do
if [ "$kadm_left" -le 0 ]; then
printf 'waited %s s for the package manager; held by process %s: %s\n' 300 "$kadm_holder" "$(tr '\000' ' ' </proc/"$kadm_holder"/cmdline 2>/dev/null)" >&2
exit 1
fi
kadm_left=$((kadm_left - 1)); sleep 1
done
apt-get -q --simulate --no-install-recommends --allow-change-held-packages install kubelet=1.37.2-1.1 >/dev/null 2>&1 || DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends --allow-change-held-packages \
-o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold update >&2
DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends --allow-change-held-packages \
-o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install kubelet=1.37.2-1.1 >&2
apt-mark hold kubelet >/dev/null

### undo
kadm_apt_holder() {
for kadm_lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
[ -e "$kadm_lock" ] || continue
kadm_inode=$(stat -c %i -- "$kadm_lock")
while read -r kadm_n kadm_type kadm_mode kadm_access kadm_pid kadm_file kadm_rest; do
case $kadm_file in *:"$kadm_inode") [ "$kadm_pid" = $$ ] || { printf '%s' "$kadm_pid"; return 0; };; esac
done </proc/locks
done
return 1
}
kadm_left=300
while kadm_holder=$(kadm_apt_holder); do
if [ "$kadm_left" -le 0 ]; then
printf 'waited %s s for the package manager; held by process %s: %s\n' 300 "$kadm_holder" "$(tr '\000' ' ' </proc/"$kadm_holder"/cmdline 2>/dev/null)" >&2
exit 1
fi
kadm_left=$((kadm_left - 1)); sleep 1
done
apt-mark unhold kubelet >/dev/null; DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends --allow-change-held-packages \
-o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold purge kubelet >&2
