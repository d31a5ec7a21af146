### look
while read -r kadm_name kadm_rest; do case $kadm_name in /dev/sda3|'/dev/sda3\040(deleted)') echo active;; esac; done </proc/swaps
if grep -qsxF -e 'UUID=1-2 none swap sw 0 0' -- /etc/fstab; then echo line; fi
for kadm_unit in dev-sda3.swap; do
kadm_file=/etc/systemd/system/$kadm_unit
kadm_own=no; if [ -f "$kadm_file" ] && [ ! -L "$kadm_file" ]; then kadm_own=yes; fi
kadm_off=no; if [ -e "$kadm_file.d"/kadm-swap-off.conf ]; then kadm_off=yes; fi
if [ "$(readlink -- "$kadm_file" || :)" = /dev/null ]; then kadm_off=yes; fi
printf 'unit %s own=%s off=%s %s\n' "$kadm_unit" "$kadm_own" "$kadm_off" "$(systemctl show -p LoadState -p ActiveState -- "$kadm_unit" | tr '\n' ' ')"
done

### keep
cp -a -T -- /etc/fstab "$BACKUP"/original

### act
kadm_free=0
while read -r kadm_key kadm_value kadm_rest; do case $kadm_key in MemAvailable:) kadm_free=$kadm_value;; esac; done </proc/meminfo
while read -r kadm_name kadm_type kadm_size kadm_used kadm_rest; do
case $kadm_name in /dev/sda3|'/dev/sda3\040(deleted)') if [ "$kadm_used" -ge "$kadm_free" ]; then
{ printf '%s\n' 'more of the swap /dev/sda3 is in use than there is free memory: stop what uses memory, and run it again' >&2; exit 1; }; fi;; esac
done </proc/swaps
kadm_new=/etc/.kadm-fstab.new
rm -f -- "$kadm_new"
cp -a -- /etc/fstab "$kadm_new"
while IFS= read -r kadm_line || [ -n "$kadm_line" ]; do
case $kadm_line in
"$(printf %s VVVJRD0xLTIgbm9uZSBzd2FwIHN3IDAgMA== | base64 -d)") kadm_line="$(printf %s IyBzd2FwIGlzIG9mZiBmb3IgS3ViZXJuZXRlcyAoa2FkbSk6IFVVSUQ9MS0yIG5vbmUgc3dhcCBzdyAwIDA= | base64 -d)";;
esac
printf '%s\n' "$kadm_line"
done </etc/fstab >"$kadm_new"
:
sync -- "$kadm_new"
mv -fT -- "$kadm_new" /etc/fstab
systemctl --quiet --no-reload mask -- dev-sda3.swap
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
while read -r kadm_name kadm_rest; do
case $kadm_name in /dev/sda3|'/dev/sda3\040(deleted)') swapoff -- /dev/sda3;; esac
done </proc/swaps

### undo
kadm_new=/etc/.kadm-fstab.new
rm -f -- "$kadm_new"
cp -a -- /etc/fstab "$kadm_new"
while IFS= read -r kadm_line || [ -n "$kadm_line" ]; do
case $kadm_line in
"$(printf %s IyBzd2FwIGlzIG9mZiBmb3IgS3ViZXJuZXRlcyAoa2FkbSk6IFVVSUQ9MS0yIG5vbmUgc3dhcCBzdyAwIDA= | base64 -d)") kadm_line="$(printf %s VVVJRD0xLTIgbm9uZSBzd2FwIHN3IDAgMA== | base64 -d)";;
esac
printf '%s\n' "$kadm_line"
done </etc/fstab >"$kadm_new"
if [ "$(cat "$kadm_new")" = "$(cat "$BACKUP"/original)" ]; then cp -a -- "$BACKUP"/original "$kadm_new"; fi
sync -- "$kadm_new"
mv -fT -- "$kadm_new" /etc/fstab
systemctl --quiet --no-reload unmask -- dev-sda3.swap
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
systemctl start -- 'dev-disk-by\x2duuid-1\x2d2.swap' || :
kadm_on=no
while read -r kadm_name kadm_rest; do
case $kadm_name in /dev/sda3|'/dev/sda3\040(deleted)') kadm_on=yes;; esac
done </proc/swaps
if [ "$kadm_on" = no ]; then swapon -- /dev/sda3 || printf '%s could not be turned on again\n' /dev/sda3 >&2; fi
