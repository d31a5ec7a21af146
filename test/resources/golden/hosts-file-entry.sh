### look
[ ! -f /etc/hosts ] || sed -n -E -e '/^[[:blank:]]*(127[.0-9]+|::1)[[:blank:]]([^#]*[[:blank:]])?worker-1[.]lan([[:blank:]]|#|$)/I p' </etc/hosts

### act
kadm_file=$(readlink -f -- /etc/hosts)
[ -e "$kadm_file" ] || (umask 022; : >"$kadm_file")
kadm_new=$(dirname -- "$kadm_file")/.kadm-hosts.new
rm -f -- "$kadm_new"
cp -a -- "$kadm_file" "$kadm_new"
sed -E -e '/^[[:blank:]]*(127[.0-9]+|::1)[[:blank:]]([^#]*[[:blank:]])?worker-1[.]lan([[:blank:]]|#|$)/I {
h
s/^/# kadm took worker-1.lan out of: /
p
g
s/#.*$//
:again
s/([[:blank:]])worker-1[.]lan([[:blank:]]|$)/\1\2/I
t again
s/[[:blank:]]+$//
s/[[:blank:]]+/ /g
/^ ?[^ ]+$/ d
s/$/ # kadm: without worker-1.lan/
}' <"$kadm_file" >"$kadm_new"
sync -- "$kadm_new"
mv -fT -- "$kadm_new" "$kadm_file"

### undo
if [ -f /etc/hosts ]; then
kadm_file=$(readlink -f -- /etc/hosts)
[ -e "$kadm_file" ] || (umask 022; : >"$kadm_file")
kadm_new=$(dirname -- "$kadm_file")/.kadm-hosts.new
rm -f -- "$kadm_new"
cp -a -- "$kadm_file" "$kadm_new"
sed -E -e '/# kadm: without worker-1[.]lan$/ d
s/^# kadm took worker-1[.]lan out of: //' <"$kadm_file" >"$kadm_new"
sync -- "$kadm_new"
mv -fT -- "$kadm_new" "$kadm_file"
fi
