### look
if [ -f /etc/demo/d ]; then
set -- $(stat -L -c 'file %a %U:%G %u:%g %s' -- /etc/demo/d)
printf '%s %s %s %s\nsha256 ' "$1" "$2" "$3" "$4"; sha256sum </etc/demo/d
:
elif [ -d /etc/demo/d ]; then stat -L -c 'directory %a %U:%G %u:%g' -- /etc/demo/d
elif [ -e /etc/demo/d ]; then stat -L -c 'other %F' -- /etc/demo/d
else echo absent
[ -d /etc/demo ] || printf 'missing %s\n' /etc/demo
[ -d /etc ] || printf 'missing %s\n' /etc
:
fi

### act
[ -d /etc/demo ] || (umask 022; mkdir -p -- /etc/demo)
mkdir -p -m 0700 -- /etc/demo/d
chown -- root:root /etc/demo/d
chmod -- 00755 /etc/demo/d

### undo
if [ ! -L /etc/demo/d ]; then
# (here stands the shell of golden/remove-tree.sh)
kadm_remove_trees /etc/demo/d
fi
rmdir -- /etc/demo 2>/dev/null || :
:
