/**
 * Shell that prints all that settings of a network leave on a machine, once no address is on trial any more, which each is for a second
 * after the boot; sorted, since routes come in the order in which they were made.
 */
export const NETWORK_STATE = String.raw`for i in $(seq 50); do ip -o address | grep -q tentative || break; sleep 0.2; done
{
ip -o address | awk '{print "address", $2, $3, $4}'
ip -o link | sed 's/^[0-9]*: //; s/ qlen [0-9]*//'
ip -4 route show table all; ip -6 route show table all | sed 's/ expires [0-9]*sec//'
resolvectl dns
find /etc/netplan /run/netplan /run/systemd/network /run/kadm /var/lib/kadm /etc/systemd/network /etc/cloud -type f -exec sha256sum {} + 2>/dev/null
} | sort
`
