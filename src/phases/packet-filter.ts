import {sh} from '../remote/shell.ts'
import {cleared, type ClearedResource} from '../resources/cleared.ts'

/** Chains that kube-proxy, the runtime's plugins, flannel and the kubelet make. */
const OURS = '(KUBE-|CNI-|CNI_|FLANNEL-|flanneld)'

/**
 * Takes out the rules of Kubernetes and no others: each table is read, filtered and put back as one. Tables that are then empty are
 * removed, since an empty table does nothing.
 */
export const packetFilterCleared = (): ClearedResource =>
  cleared({
    name: 'packet-filter',
    why: 'rules that lead to services that are gone would swallow traffic; rules of others stay',
    remains: sh`for family in ip ip6; do
  command -v "$family"tables-save >/dev/null || continue
  n=$("$family"tables-save 2>/dev/null | grep -cE -- ${OURS}) || :
  [ "$n" = 0 ] || echo "$n rules of $family"
done
command -v nft >/dev/null || exit 0
for family in ip ip6; do
  for table in nat mangle filter raw kube-proxy; do
    listed=$(nft list table $family $table 2>/dev/null) || continue
    [ $table != kube-proxy ] || { echo "table $family kube-proxy"; continue; }
    printf '%s\n' "$listed" | grep -vE '^(table|}|[[:space:]]*chain|[[:space:]]*}|[[:space:]]*type .* policy accept;|[[:space:]]*$)' | grep -q . || echo "empty table $family $table"
  done
done`,
    clear: sh`for family in ip ip6; do
  command -v "$family"tables-save >/dev/null || continue
  if "$family"tables-save 2>/dev/null | grep -qE -- ${OURS}; then
    "$family"tables-save -c | grep -vE -- ${OURS} | "$family"tables-restore -c
  fi
done
command -v nft >/dev/null || exit 0
for family in ip ip6; do
  for table in nat mangle filter raw kube-proxy; do
    listed=$(nft list table $family $table 2>/dev/null) || continue
    if [ $table = kube-proxy ] || ! printf '%s\n' "$listed" | grep -vE '^(table|}|[[:space:]]*chain|[[:space:]]*}|[[:space:]]*type .* policy accept;|[[:space:]]*$)' | grep -q .; then
      nft delete table $family $table
    fi
  done
done`,
  })
