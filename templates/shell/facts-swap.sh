# The areas of swap in use, and everything that would turn swap on at a boot.

echo '#part active'; tail -n +2 /proc/swaps
echo '#part fstab'; awk '!/^[[:space:]]*#/ && $3 == "swap"' /etc/fstab
echo '#part links'; find /dev/disk /dev/mapper -type l -printf '%p %l\n'
echo '#part gpt'; lsblk -rno PATH,PARTTYPE | grep -i @{gpt_swap_type}
if [ -d /run/systemd/system ]; then
  echo '#part units'; timeout 30 systemctl show -p Id -p What -p ActiveState -p SourcePath -p FragmentPath '*.swap'
  echo '#part services'; timeout 30 systemctl show -p Id -p LoadState -p UnitFileState -p ActiveState @{swap_services}
fi
echo '#part files'
for file in @{units}/*.swap @{units}/*.service; do
  [ -f "$file" ] && [ ! -L "$file" ] && sed -n -e 's|^What=||p' -e "s|^Exec.*swapon[^/]*\(/[^ ;'\"]*\).*|\1|p" "$file" |
    while read -r what; do printf '%s %s\n' "$file" "$what"; done
done
echo '#part generator'
for file in /etc/systemd/zram-generator.conf /etc/systemd/zram-generator.conf.d/*.conf /usr/lib/systemd/zram-generator.conf; do
  [ -s "$file" ] && grep -o '^\[zram[0-9]*\]' "$file" | tr -d '[]'
done
echo '#part off'
find @{units} -maxdepth 1 -type l -lname /dev/null -printf '%f\n'
find @{units} -mindepth 2 -maxdepth 2 -name @{swap_off_drop_in} -printf '%h\n' | sed -e 's|.*/||' -e 's|\.d$||'
