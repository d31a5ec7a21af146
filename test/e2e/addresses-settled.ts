/**
 * Shell that waits, for at most ten seconds, until no address is on trial any more (duplicate address detection, RFC 4862, 5.4). Each
 * is for a second or two after its card came up, and the kernel makes the local route to it only then.
 */
export const ADDRESSES_SETTLED = 'for i in $(seq 50); do ip -o address | grep -q tentative || break; sleep 0.2; done'
