import {describe, expect, test} from 'vitest'

import {file, problems, read} from './reading.ts'

/** What a person may write, and every error line that it causes. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'two hosts at one address',
    file('- {role: worker, ssh: root@192.168.56.10:22}\n'),
    ['kadm.yaml:6:23: hosts[1].ssh: has the same SSH address as kadm.yaml:5:8: hosts[0].ssh: 192.168.56.10 port 22'],
  ],
  [
    'two hosts that are this machine',
    'apiVersion: kadm/v1\nkind: Cluster\nhosts:\n- {role: control-plane, ssh: local}\n- {role: worker, ssh: local}\n',
    ['kadm.yaml:5:23: hosts[1].ssh: is this machine, the same as kadm.yaml:4:30: hosts[0].ssh'],
  ],
  [
    'two hosts of one name',
    file('- {name: a, role: worker, ssh: b}\n', '  name: a\n'),
    ['kadm.yaml:7:10: hosts[1].name: has the same name as kadm.yaml:6:9: hosts[0].name: a'],
  ],
  [
    'two hosts of one node address',
    file('- {address: 10.0.0.1, role: worker, ssh: b}\n', '  address: 10.0.0.1\n'),
    ['kadm.yaml:7:13: hosts[1].address: has the same node address as kadm.yaml:6:12: hosts[0].address: 10.0.0.1'],
  ],
  [
    'two hosts of one interface address',
    file(
      '- {role: worker, ssh: b, network: {e: {addresses: [10.0.0.1/24]}}}\n',
      '  network: {e: {addresses: [10.0.0.1/24]}}\n',
    ),
    [
      'kadm.yaml:7:52: hosts[1].network.e.addresses[0]: has the same interface address as kadm.yaml:6:29: hosts[0].network.e.addresses[0]: 10.0.0.1',
    ],
  ],
  [
    'a name in capitals',
    file('', '  name: Master\n'),
    ["kadm.yaml:6:9: hosts[0].name: 'Master' must be lower case: master"],
  ],
  [
    'a name with an underscore',
    file('', '  name: my_node\n'),
    [
      "kadm.yaml:6:9: hosts[0].name: 'my_node' is not a node name; use lower-case letters, digits, '-' and '.', at most 63 characters (RFC 1123)",
    ],
  ],
  [
    'a target that is none',
    file('').replace('ubuntu@192.168.56.10', 'ubuntu@'),
    [
      "kadm.yaml:5:8: hosts[0].ssh: 'ubuntu@' is not a host; write [user@]host[:port], with an IPv6 address in brackets",
    ],
  ],
  [
    'a target with leading zeros',
    file('').replace('192.168.56.10', '010.1.1.1'),
    ["kadm.yaml:5:8: hosts[0].ssh: '010.1.1.1' is not an IP address; remove the leading zeros"],
  ],
  [
    'ssh that is a number',
    file('').replace('ubuntu@192.168.56.10', '22'),
    ["kadm.yaml:5:8: hosts[0].ssh: must be 'local', [user@]host[:port] or a mapping with an address"],
  ],
  [
    'ssh without an address',
    file('').replace('ubuntu@192.168.56.10', '{user: ubuntu}'),
    ['kadm.yaml:5:8: hosts[0].ssh.address: is missing'],
  ],
  [
    'an ssh address that is none',
    file('').replace('ubuntu@192.168.56.10', '{address: a b}'),
    ["kadm.yaml:5:18: hosts[0].ssh.address: 'a b' is not an address; write an IP address or a host name"],
  ],
  [
    'a port in quotes',
    file('').replace('ubuntu@192.168.56.10', '{address: a, port: "22"}'),
    ["kadm.yaml:5:27: hosts[0].ssh.port: must be a number, not '22'; write it without quotes: 22"],
  ],
  [
    'an MD5 host key',
    file('').replace('ubuntu@192.168.56.10', '{address: a, hostKey: "MD5:ab:cd"}'),
    [
      "kadm.yaml:5:30: hosts[0].ssh.hostKey: 'MD5:ab:cd' is not a host key fingerprint; write SHA256:… as 'ssh-keygen -lf' prints it",
    ],
  ],
  [
    'a jump host that is none',
    file('').replace('ubuntu@192.168.56.10', '{address: a, jump: "a:b:c"}'),
    [
      "kadm.yaml:5:27: hosts[0].ssh.jump: 'a:b:c' is not a host; write [user@]host[:port], with an IPv6 address in brackets",
    ],
  ],
  [
    'a node address that is a name',
    file('', '  address: master\n'),
    ["kadm.yaml:6:12: hosts[0].address: 'master' is not an IP address"],
  ],
  [
    'a node address of the loopback',
    file('', '  address: 127.0.0.1\n'),
    ["kadm.yaml:6:12: hosts[0].address: other machines cannot reach the address '127.0.0.1'"],
  ],
  [
    'an interface address without a prefix',
    file('', '  network: {eth1: {addresses: [192.168.56.10]}}\n'),
    [
      "kadm.yaml:6:32: hosts[0].network.eth1.addresses[0]: '192.168.56.10' needs its prefix length, such as 192.168.56.10/24",
    ],
  ],
  [
    'an interface without addresses',
    file('', '  network: {eth1: {addresses: []}}\n'),
    ['kadm.yaml:6:31: hosts[0].network.eth1.addresses: must not be empty; add at least one'],
  ],
  [
    'an interface name too long',
    file('', '  network: {averylongname123: {addresses: [10.0.0.1/24]}}\n'),
    ["kadm.yaml:6:13: hosts[0].network.averylongname123: 'averylongname123' is not an interface name"],
  ],
  [
    'a gateway elsewhere',
    file('', '  network: {eth1: {addresses: [10.0.0.1/24], gateway: 10.0.1.1}}\n'),
    ['kadm.yaml:6:55: hosts[0].network.eth1.gateway: 10.0.1.1 is not in a network of eth1 (10.0.0.1/24)'],
  ],
  [
    'a nameserver that is a name',
    file('', '  network: {eth1: {addresses: [10.0.0.1/24], nameservers: [dns]}}\n'),
    ["kadm.yaml:6:60: hosts[0].network.eth1.nameservers[0]: 'dns' is not an IP address"],
  ],
  [
    'a taint with an unknown effect',
    file('', '  taints: ["a=b:NoRun"]\n'),
    [
      "kadm.yaml:6:12: hosts[0].taints[0]: 'a=b:NoRun' is not a taint; write key=value:effect or key:effect, with the effect NoSchedule, PreferNoSchedule, NoExecute",
    ],
  ],
  [
    'a taint with a bad key',
    file('', '  taints: [{key: "a b", effect: NoExecute}]\n'),
    ["kadm.yaml:6:18: hosts[0].taints[0].key: 'a b' is not a label key; write name or domain/name"],
  ],
  [
    'a taint twice',
    file('', '  taints: ["a=b:NoSchedule", "a=c:NoSchedule"]\n'),
    [
      'kadm.yaml:6:30: hosts[0].taints[1]: duplicate taint a with the effect NoSchedule; the first is at kadm.yaml:6:12: hosts[0].taints[0]',
    ],
  ],
  [
    'a label with a bad key',
    file('', '  labels: {-a: b}\n'),
    ["kadm.yaml:6:12: hosts[0].labels.-a: '-a' is not a label key; write name or domain/name"],
  ],
  [
    'a label with a bad value',
    file('', '  labels: {a: b c}\n'),
    ["kadm.yaml:6:15: hosts[0].labels.a: 'b c' is not a label value; use at most 63 letters, digits, '-', '_' and '.'"],
  ],
  [
    'a label that YAML reads as a boolean',
    file('', '  labels: {a: true}\n'),
    ['kadm.yaml:6:15: hosts[0].labels.a: must be text, not the value true; write it in quotes: "true"'],
  ],
  [
    'a flag with dashes',
    file('', '  kubeletExtraArgs: [{name: --v, value: "4"}]\n'),
    ["kadm.yaml:6:29: hosts[0].kubeletExtraArgs[0].name: '--v' must not begin with dashes: v"],
  ],
  [
    'a flag without a name',
    file('', '  kubeletExtraArgs: [{name: "", value: "4"}]\n'),
    ['kadm.yaml:6:29: hosts[0].kubeletExtraArgs[0].name: must not be empty'],
  ],
  [
    'flags as a mapping',
    file('', '  kubeletExtraArgs: {v: "4"}\n'),
    [
      'kadm.yaml:6:21: hosts[0].kubeletExtraArgs: must be a list, not a mapping; write it as [{name: v, value: "4"}, …]',
    ],
  ],
  [
    'a node name as a flag',
    file('', '  kubeletExtraArgs: [{name: hostname-override, value: a}]\n'),
    [
      'kadm.yaml:6:22: hosts[0].kubeletExtraArgs[0]: hostname-override must equal the name of the node; set nodeName: a instead',
    ],
  ],
  [
    'taints as a flag',
    file('', '  taints: [a:NoSchedule]\n  kubeletExtraArgs: [{name: register-with-taints, value: b}]\n'),
    [
      'kadm.yaml:7:22: hosts[0].kubeletExtraArgs[0]: register-with-taints cannot be used together with taints; write all of them in taints',
    ],
  ],
  [
    'a node-ip that is no address',
    file('', '  address: 10.0.0.1\n  kubeletExtraArgs: [{name: node-ip, value: eth0}]\n'),
    ["kadm.yaml:7:22: hosts[0].kubeletExtraArgs[0]: 'eth0' is not an IP address, or two with a comma"],
  ],
]

describe('a host that cannot be is reported with its place', () => {
  test.each(CASES)('%s', (_, text, lines) => {
    expect(problems(() => read(text))).toEqual(lines)
  })
})
