import {program} from '../../remote/shell/program.ts'
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
    remains: program('packet-filter-remains', {ours: OURS}),
    clear: program('packet-filter-clear', {ours: OURS, deletions: DELETIONS}),
  })
