### look
sed 1d </proc/swaps 2>/dev/null | while read -r kadm_device kadm_rest; do printf 'swap %s\n' "$kadm_device"; done
if grep -qsxF -e '/swap.img none swap sw 0 0' -- /etc/fstab; then echo 'line 0'; fi
for kadm_unit in dev-sda3.swap; do
printf 'unit %s %s\n' "$kadm_unit" "$(systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$kadm_unit" | tr '\n' ' ')"
done

### keep
cp -a -T -- /etc/fstab "$KEEP"/original

### act
kadm_new=/etc/.kadm-fstab.new
rm -f -- "$kadm_new"
cp -a -- /etc/fstab "$kadm_new"
while IFS= read -r kadm_line || [ -n "$kadm_line" ]; do
case $kadm_line in
"$(printf %s L3N3YXAuaW1nIG5vbmUgc3dhcCBzdyAwIDA= | base64 -d)") kadm_line="$(printf %s IyBzd2FwIGlzIG9mZiBmb3IgS3ViZXJuZXRlcyAoa2FkbSk6IC9zd2FwLmltZyBub25lIHN3YXAgc3cgMCAw | base64 -d)";;
esac
printf '%s\n' "$kadm_line"
done </etc/fstab >"$kadm_new"
sync -- "$kadm_new"
mv -fT -- "$kadm_new" /etc/fstab
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
systemctl --quiet mask -- dev-sda3.swap
systemctl stop -- dev-sda3.swap || :
if grep -qsF -e '/swap.img ' -e '/swap.img	' /proc/swaps; then swapoff -- /swap.img; fi

### undo
kadm_new=/etc/.kadm-fstab.new
rm -f -- "$kadm_new"
cp -a -- /etc/fstab "$kadm_new"
while IFS= read -r kadm_line || [ -n "$kadm_line" ]; do
case $kadm_line in
"$(printf %s IyBzd2FwIGlzIG9mZiBmb3IgS3ViZXJuZXRlcyAoa2FkbSk6IC9zd2FwLmltZyBub25lIHN3YXAgc3cgMCAw | base64 -d)") kadm_line="$(printf %s L3N3YXAuaW1nIG5vbmUgc3dhcCBzdyAwIDA= | base64 -d)";;
esac
printf '%s\n' "$kadm_line"
done </etc/fstab >"$kadm_new"
if [ "$(cat "$kadm_new")" = "$(cat "$KEEP"/original)" ]; then cp -a -- "$KEEP"/original "$kadm_new"; fi
sync -- "$kadm_new"
mv -fT -- "$kadm_new" /etc/fstab
systemctl --quiet unmask -- dev-sda3.swap
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
grep -qsF -e '/swap.img ' -e '/swap.img	' /proc/swaps || swapon -- /swap.img || printf '%s could not be turned on again\n' /swap.img >&2
:
