import {ADDRESSES_SETTLED} from './addresses-settled.ts'

/**
 * Shell that prints all that settings of a network leave on a machine; sorted, since routes come in the order in which they were made.
 */
export const NETWORK_STATE = String.raw`${ADDRESSES_SETTLED}
{
ip -o address | awk '{print "address", $2, $3, $4}'
ip -o link | sed 's/^[0-9]*: //; s/ qlen [0-9]*//'
ip -4 route show table all; ip -6 route show table all | sed 's/ expires [0-9]*sec//'
resolvectl dns
find /etc/netplan /run/netplan /run/systemd/network /run/kadm /var/lib/kadm /etc/systemd/network /etc/cloud -type f -exec sha256sum {} + 2>/dev/null
} | sort
`
