### look
while read -r kadm_name kadm_rest; do case $kadm_name in '/data/my\040swap'|'/data/my\040swap\040(deleted)') echo active;; esac; done </proc/swaps
:
for kadm_unit in data-swap.swap; do
kadm_file=/etc/systemd/system/$kadm_unit
kadm_own=no; if [ -f "$kadm_file" ] && [ ! -L "$kadm_file" ]; then kadm_own=yes; fi
kadm_off=no; if [ -e "$kadm_file.d"/kadm-swap-off.conf ]; then kadm_off=yes; fi
if [ "$(readlink -- "$kadm_file" || :)" = /dev/null ]; then kadm_off=yes; fi
printf 'unit %s own=%s off=%s %s\n' "$kadm_unit" "$kadm_own" "$kadm_off" "$(systemctl show -p LoadState -p ActiveState -- "$kadm_unit" | tr '\n' ' ')"
done

### keep
:

### act
kadm_free=0
while read -r kadm_key kadm_value kadm_rest; do case $kadm_key in MemAvailable:) kadm_free=$kadm_value;; esac; done </proc/meminfo
while read -r kadm_name kadm_type kadm_size kadm_used kadm_rest; do
case $kadm_name in '/data/my\040swap'|'/data/my\040swap\040(deleted)') if [ "$kadm_used" -ge "$kadm_free" ]; then
{ printf '%s\n' 'more of the swap /data/my swap is in use than there is free memory: stop what uses memory, and run it again' >&2; exit 1; }; fi;; esac
done </proc/swaps
:
systemctl stop -- data-swap.swap || :
[ -d /etc/systemd/system/data-swap.swap.d ] || (umask 022; mkdir -p -- /etc/systemd/system/data-swap.swap.d)
printf %s '# Swap is off for Kubernetes (kadm); kadm reset takes this away.
[Unit]
ConditionPathExists=!/
' >/etc/systemd/system/data-swap.swap.d/.kadm-kadm-swap-off.conf.new
mv -fT -- /etc/systemd/system/data-swap.swap.d/.kadm-kadm-swap-off.conf.new /etc/systemd/system/data-swap.swap.d/kadm-swap-off.conf
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
while read -r kadm_name kadm_rest; do
case $kadm_name in '/data/my\040swap'|'/data/my\040swap\040(deleted)') swapoff -- '/data/my swap';; esac
done </proc/swaps

### undo
:
rm -f -- /etc/systemd/system/data-swap.swap.d/kadm-swap-off.conf
rmdir -- /etc/systemd/system/data-swap.swap.d 2>/dev/null || :
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
systemctl start -- data-swap.swap || :
kadm_on=no
while read -r kadm_name kadm_rest; do
case $kadm_name in '/data/my\040swap'|'/data/my\040swap\040(deleted)') kadm_on=yes;; esac
done </proc/swaps
if [ "$kadm_on" = no ]; then swapon -- '/data/my swap' || printf '%s could not be turned on again\n' '/data/my swap' >&2; fi
