import {program} from '../../remote/shell/program.ts'
import {cleanup, type CleanupResource} from '../../resources/steps/cleanup.ts'

/** Chains that kube-proxy, the runtime's plugins, flannel and the kubelet create. */
const OURS = '(KUBE-|CNI-|CNI_|FLANNEL-|flanneld)'

/**
 * Converts the output of iptables-save into deletions of the rules and chains of Kubernetes, which iptables-restore
 * applies in one transaction for each table.
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
 * Removes only the rules of Kubernetes; all others stay untouched. Also removes tables that are then empty, since an
 * empty table does nothing.
 */
export const packetFilterCleared = (): CleanupResource =>
  cleanup({
    name: 'packet-filter',
    why: 'rules for deleted services would drop traffic; rules of other programs stay',
    remains: program('packet-filter-remains', {ours: OURS}),
    clear: program('packet-filter-clear', {ours: OURS, deletions: DELETIONS}),
  })
