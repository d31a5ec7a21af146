import {sh} from '../../remote/shell/shell.ts'
import {cleanup, type CleanupResource} from '../../resources/steps/cleanup.ts'

/** Chains that kube-proxy, the runtime's plugins, flannel and the kubelet make. */
const OURS = '(KUBE-|CNI-|CNI_|FLANNEL-|flanneld)'

/**
 * Turns what iptables-save prints into the deletions of our rules and chains, which iptables-restore then does as one
 * for each table.
 */
const DELETIONS = String.raw`
my $ours = qr/$ENV{OURS}/;
my ($name) = /^(?::|-A )(\S+)/;
if (/^\*/) { @todo = ($_); @chains = () }
elsif (/^:/) { if ($name =~ /^$ours/) { push @todo, ":$name - [0:0]\n"; push @chains, $name } }
elsif (/^-A/) { push @todo, s/^-A/-D/r if $name !~ /^$ours/ && /$ours/ }
elsif (/^COMMIT/ && @todo > 1) { print @todo, (map "-X $_\n", @chains), $_ }
`

/**
 * Takes out the rules of Kubernetes and no others, which are not even touched. Tables that are then empty are removed,
 * since an empty table does nothing.
 */
export const packetFilterCleared = (): CleanupResource =>
  cleanup({
    name: 'packet-filter',
    why: 'rules for deleted services would drop traffic; rules of other programs stay',
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
    "$family"tables-save | OURS=${OURS} perl -ne ${DELETIONS} | "$family"tables-restore --noflush
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
