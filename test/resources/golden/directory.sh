### look
if [ -f /etc/demo/d ]; then
stat -L -c 'file %a %U:%G %u:%g' -- /etc/demo/d
printf 'sha256 '; sha256sum </etc/demo/d | cut -c 1-64
:
elif [ -d /etc/demo/d ]; then stat -L -c 'directory %a %U:%G %u:%g' -- /etc/demo/d
elif [ -e /etc/demo/d ]; then stat -L -c 'other %F' -- /etc/demo/d
else echo absent
[ -d /etc/demo ] || printf 'missing %s\n' /etc/demo
[ -d /etc ] || printf 'missing %s\n' /etc
:
fi

### act
(umask 022; mkdir -p -- /etc/demo)
mkdir -p -m 0700 -- /etc/demo/d
chown -- root:root /etc/demo/d
chmod -- 00755 /etc/demo/d

### undo
rm -rf --one-file-system -- /etc/demo/d
rmdir -- /etc/demo 2>/dev/null || :
:
