### look
if [ -d /sys/module/br_netfilter ] || grep -qsw -e br_netfilter /proc/filesystems || [ -e /proc/sys/net/bridge ] \
|| tr - _ 2>/dev/null </lib/modules/"$(uname -r)"/modules.builtin | grep -qs -e '/br_netfilter\.ko'; then echo present; else echo absent; fi 2>/dev/null

### act
command -v modprobe >/dev/null || { printf '%s\n' 'the kernel lacks br_netfilter, and there is no modprobe to load it (package kmod)' >&2; exit 1; }
modprobe -- br_netfilter || { printf '%s\n' 'the kernel'\''s module br_netfilter cannot be loaded: in a container, load it on the machine around it; else install the modules of the running kernel or boot the newest one' >&2; exit 1; }

### undo
modprobe -r -- br_netfilter 2>/dev/null || printf '%s stays loaded until the next boot, something uses it\n' br_netfilter
