### look
if [ -f /etc/hosts ]; then
printf 'markers %s %s\n' "$(grep -cxF -e '# kadm begin nodes' -- /etc/hosts)" "$(grep -cxF -e '# kadm end nodes' -- /etc/hosts)"
printf 'block '; sed -n '/^# kadm begin nodes$/,/^# kadm end nodes$/p' </etc/hosts | base64 -w0; echo
elif [ -e /etc/hosts ] || [ -L /etc/hosts ]; then echo not-a-file
else echo no-file
fi

### keep
cp -a -L -T -- /etc/hosts "$BACKUP"/original

### act
[ -d /etc ] || (umask 022; mkdir -p -- /etc)
kadm_file=$(readlink -f -- /etc/hosts)
[ -e "$kadm_file" ] || (umask 022; : >"$kadm_file")
kadm_new=$(dirname -- "$kadm_file")/.kadm-hosts.new
rm -f -- "$kadm_new"
cp -a -- "$kadm_file" "$kadm_new"
sed -e '/^# kadm begin nodes$/,/^# kadm end nodes$/d' -e '$a\' <"$kadm_file" >"$kadm_new"
printf %s IyBrYWRtIGJlZ2luIG5vZGVzCjEwLjAuMC4xIGEKIyBrYWRtIGVuZCBub2Rlcwo= | base64 -d >>"$kadm_new"
sync -- "$kadm_new"
mv -fT -- "$kadm_new" "$kadm_file"

### undo
if [ -f /etc/hosts ]; then
kadm_file=$(readlink -f -- /etc/hosts)
[ -e "$kadm_file" ] || (umask 022; : >"$kadm_file")
kadm_new=$(dirname -- "$kadm_file")/.kadm-hosts.new
rm -f -- "$kadm_new"
cp -a -- "$kadm_file" "$kadm_new"
sed -e '/^# kadm begin nodes$/,/^# kadm end nodes$/d' <"$kadm_file" >"$kadm_new"
if [ -f "$BACKUP"/original ] && [ "$(cat "$kadm_new")" = "$(cat "$BACKUP"/original)" ]; then cp -a -- "$BACKUP"/original "$kadm_new"; fi
sync -- "$kadm_new"
mv -fT -- "$kadm_new" "$kadm_file"
:
fi
