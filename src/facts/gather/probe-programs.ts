/** Perl for `perl -e`, with the modules of perl-base only. Arguments: family, seconds to live, `tcp:6443` …. */
export const LISTENER = String.raw`
use strict; use Socket qw(:all); use POSIX ();
$| = 1;
my ($family, $seconds, @wanted) = @ARGV;
my (%tcp, %udp);
for (@wanted) {
  my ($protocol, $port) = split /:/;
  my $type = $protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
  my $at = $family == 6 ? pack_sockaddr_in6($port, IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY);
  my $socket;
  my $open = socket($socket, $family == 6 ? AF_INET6 : AF_INET, $type, 0);
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) if $open && $protocol eq 'tcp';
  if ($open && bind($socket, $at) && ($protocol eq 'udp' || listen($socket, 128))) {
    ($protocol eq 'tcp' ? $tcp{fileno $socket} = $socket : ($udp{fileno $socket} = $socket));
    print "bound $protocol $port\n";
  } else { print "busy $protocol $port\n" }
}
exit 0 unless %tcp || %udp;
my $child = fork();
if ($child) { print "pid $child\n"; exit 0 }
POSIX::setsid();
open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null';
$0 = 'kadm-probe';
alarm $seconds;
my $all = '';
vec($all, $_, 1) = 1 for keys %tcp, keys %udp;
while (1) {
  select(my $ready = $all, undef, undef, undef);
  for (keys %tcp) { next unless vec($ready, $_, 1); my $peer; accept($peer, $tcp{$_}) and close $peer }
  for (keys %udp) {
    next unless vec($ready, $_, 1);
    my $peer = recv($udp{$_}, my $data, 65536, 0);
    send($udp{$_}, 'ok', 0, $peer) if defined $peer;
  }
}
`

/** Arguments: seconds to wait, then `id,protocol,address,port,size` …. A sized datagram is sent with the don't-fragment bit. */
export const PROBER = String.raw`
use strict; use Socket qw(:all); use Fcntl; use Errno; use POSIX ();
$| = 1;
sub now { (POSIX::times())[0] / POSIX::sysconf(POSIX::_SC_CLK_TCK()) }
my ($seconds, @probes) = @ARGV;
my $end = now() + $seconds;
my %open;
sub told { my ($id, $answer) = @_; print "$id $answer\n"; delete $open{$id} }
for (@probes) {
  my ($id, $protocol, $address, $port, $size) = split /,/;
  my $tcp = $protocol eq 'tcp';
  my ($error, $to) = getaddrinfo($address, $port, {flags => AI_NUMERICHOST, socktype => $tcp ? SOCK_STREAM : SOCK_DGRAM});
  if ($error) { print "$id $error\n"; next }
  my $socket;
  unless (socket($socket, $to->{family}, $to->{socktype}, 0)) { print "$id $!\n"; next }
  fcntl($socket, F_SETFL, O_NONBLOCK);
  if ($size) {
    # IP_MTU_DISCOVER and IPV6_MTU_DISCOVER to PROBE: never split, whatever is believed of the path.
    $to->{family} == AF_INET ? setsockopt($socket, 0, 10, pack('i', 3)) : setsockopt($socket, 41, 23, pack('i', 3));
  }
  $open{$id} = {socket => $socket, tcp => $tcp, data => 'x' x ($size || 5), next => 0};
  connect($socket, $to->{addr}) or $!{EINPROGRESS} or told($id, "$!");
}
while (%open && now() < $end) {
  my ($reads, $writes) = ('', '');
  for my $id (keys %open) {
    my $probe = $open{$id};
    next if $probe->{tcp} || now() < $probe->{next};
    $probe->{next} = now() + 0.3;
    send($probe->{socket}, $probe->{data}, 0) or $!{EAGAIN} or $!{ECONNREFUSED} or told($id, "$!");
  }
  for (values %open) { $_->{tcp} ? (vec($writes, fileno $_->{socket}, 1) = 1) : (vec($reads, fileno $_->{socket}, 1) = 1) }
  select($reads, $writes, undef, 0.1) > 0 or next;
  for my $id (keys %open) {
    my $probe = $open{$id};
    my $number = fileno $probe->{socket};
    if ($probe->{tcp}) {
      next unless vec($writes, $number, 1);
      $! = unpack 'i', getsockopt($probe->{socket}, SOL_SOCKET, SO_ERROR);
      told($id, $! ? "$!" : 'ok');
    } elsif (vec($reads, $number, 1)) {
      defined recv($probe->{socket}, my $data, 64, 0) ? told($id, 'ok') : told($id, "$!");
    }
  }
}
told($_, 'timed out') for keys %open;
`
