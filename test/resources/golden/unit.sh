### look
systemctl show --timestamp=us+utc -p LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,ActiveEnterTimestamp,ExecMainStartTimestamp,StateChangeTimestamp -- kubelet.service
for kadm_file in /var/lib/kubelet/config.yaml; do
if [ -f "$kadm_file" ]; then printf 'file %s %s\n' "$(stat -L -c %.Z -- "$kadm_file")" "$kadm_file"; fi
done
date '+now %s.%N'

### act
[ "$(systemctl show -p LoadState -p NeedDaemonReload --value -- kubelet.service | tr '\n' ' ')" = 'loaded no ' ] || systemctl daemon-reload
systemctl --quiet enable -- kubelet.service
systemctl reset-failed -- kubelet.service 2>/dev/null || :
systemctl start -- kubelet.service || { journalctl -u kubelet.service -n 20 --no-pager -o cat >&2 || :; printf '%s did not start\n' kubelet.service >&2; exit 1; }
:

### undo
if [ "$(systemctl show -p LoadState --value -- kubelet.service)" != not-found ]; then
systemctl stop -- kubelet.service; systemctl reset-failed -- kubelet.service 2>/dev/null || :
systemctl --quiet disable -- kubelet.service || :
:
fi

### settle
systemctl daemon-reload
