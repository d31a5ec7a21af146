### look
if [ -e /proc/sys/net/ipv4/ip_forward ]; then printf 'value %s\n' "$(cat /proc/sys/net/ipv4/ip_forward)"; else echo absent; fi
[ ! -e /proc/sys/net/ipv4/conf/all/accept_redirects ] || printf 'follower %s\n' "$(cat /proc/sys/net/ipv4/conf/all/accept_redirects)"

### act
[ -e /proc/sys/net/ipv4/ip_forward ] || { printf '%s\n' 'the kernel has no setting net.ipv4.ip_forward: the module that brings it is not loaded' >&2; exit 1; }
printf '%s\n' 1 2>/dev/null >/proc/sys/net/ipv4/ip_forward || { printf '%s\n' 'net.ipv4.ip_forward cannot be set here to 1: this looks like a container; set it on the machine around it' >&2; exit 1; }

### undo
if [ -e /proc/sys/net/ipv4/ip_forward ]; then printf '%s\n' 0 >/proc/sys/net/ipv4/ip_forward; fi
