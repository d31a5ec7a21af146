### look
if kadm_seen=$( (true
) 2>&1 ); then echo yes; else echo no; fi
printf %s "$kadm_seen" | tail -n 1 | base64 -w0

### act
kadm_deadline=$(( $(cut -d. -f1 /proc/uptime) + 60 ))
until kadm_seen=$( (true
) 2>&1 ); do
if [ "$(cut -d. -f1 /proc/uptime)" -ge "$kadm_deadline" ]; then
(echo no
) >&2 2>&1 || :
printf 'waited %s s for %s; last seen: %s\n' 60 'the API server' "$(printf %s "$kadm_seen" | tail -n 1)" >&2
exit 1
fi
sleep 0.5
done

### undo
:
