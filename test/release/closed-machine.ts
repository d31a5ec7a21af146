import type {TestLab} from '../e2e/test-lab.ts'

/** What Debian's own example of a workstation says, and nothing passes through: only ssh gets in. */
export const CLOSED_NFTABLES = `#!/usr/sbin/nft -f
flush ruleset

table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iif "lo" accept
		meta l4proto { icmp, ipv6-icmp } accept
		tcp dport 22 accept comment "mine"
		counter comment "the end"
	}

	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}
`

type Machines = Pick<TestLab, 'must' | 'on'>

/** Its owner closes the machine, now and at every boot. */
export async function closeByNftables({must}: Machines, machine: string): Promise<void> {
  await must(machine, 'sudo sh -c "cat >/etc/nftables.conf"', CLOSED_NFTABLES)
  await must(machine, 'sudo systemctl enable --now nftables.service && sudo systemctl restart nftables.service')
}

const TRY = `use IO::Socket::INET; my ($to, $port) = @ARGV;
my $s = IO::Socket::INET->new(PeerAddr => $to, PeerPort => $port, Timeout => 3);
print $s ? 'open' : $! =~ /refused/ ? 'refused' : 'silent'`

/** What a machine hears of a TCP port of another: `open`, `refused` (nobody listens, but it got through) or `silent`. */
export const knock = ({must}: Machines, from: string, address: string, port: number): Promise<string> =>
  must(from, `perl - ${address} ${String(port)}`, TRY)

/** Files that have the tool's name, but for the lab's own, and folders that an enabled unit left empty: none, where it was never at work. */
export const namedAfterKadm = ({must}: Machines, machine: string): Promise<string> =>
  must(
    machine,
    String.raw`sudo find /etc /usr/local -name "*kadm*" -not -name "kadm-lab*" -o -path "/etc/systemd/*.wants" -empty`,
  )

/** The rules in force, without counters, rule by rule. */
export const ruleset = async ({must}: Machines, machine: string): Promise<readonly string[]> =>
  (await must(machine, 'sudo nft -s list ruleset')).split('\n')
