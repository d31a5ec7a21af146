# The login user and its rights, and the address to which it connected.

uid=$(id -u)
name=$SUDO_USER
[ -n "$name" ] || name=$(id -un)
echo "euid $uid"
echo "user $name"
echo "uid $(id -u "$name")"
echo "gid $(id -g "$name")"
echo "home $(getent passwd "$name" | cut -d: -f6)"
if [ "$uid" != 0 ]; then echo 'sudo none'
elif [ "$name" = root ]; then echo 'sudo root'
elif timeout 3 sudo -n -l -U "$name" | grep -q 'NOPASSWD:.*ALL'; then echo 'sudo nopasswd'
else echo 'sudo password'
fi
pid=$$
for step in 1 2 3 4 5 6 7 8; do
  line=$(tr '\0' '\n' <"/proc/$pid/environ" | grep '^SSH_CONNECTION=') && { echo "ssh $line"; break; }
  parent=$(awk '/^PPid:/ {print $2}' "/proc/$pid/status")
  [ -n "$parent" ] && [ "$parent" -gt 1 ] || break
  pid=$parent
done
