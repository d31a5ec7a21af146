import {describe, expect, test} from 'vitest'

import {file, problems, read} from './reading.ts'

/** What a person may write, and every error line that it causes. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a range with leading zeros',
    file('network: {podSubnet: 010.1.1.1}\n'),
    ["kadm.yaml:6:22: network.podSubnet: '010.1.1.1' is not an address range; remove the leading zeros"],
  ],
  [
    'an address for a range',
    file('network: {podSubnet: 10.244.0.0}\n'),
    ["kadm.yaml:6:22: network.podSubnet: '10.244.0.0' is not an address range; add a prefix length, such as /16"],
  ],
  [
    'a word for a range',
    file('network: {podSubnet: pods}\n'),
    ["kadm.yaml:6:22: network.podSubnet: 'pods' is not an address range; write it as 10.244.0.0/16"],
  ],
  [
    'a range with host bits',
    file('network: {serviceSubnet: 10.96.0.1/12}\n'),
    ["kadm.yaml:6:26: network.serviceSubnet: '10.96.0.1/12' has host bits set; write 10.96.0.0/12"],
  ],
  [
    'a range with host bits in a list',
    file('network:\n  podSubnet: [10.244.0.0/16, fd00::1/48]\n'),
    ["kadm.yaml:7:30: network.podSubnet[1]: 'fd00::1/48' has host bits set; write fd00::/48"],
  ],
  [
    'overlapping ranges',
    file('network: {podSubnet: 10.100.0.0/16}\n'),
    ['kadm.yaml:6:22: network.podSubnet: 10.100.0.0/16 overlaps the service range 10.96.0.0/12 (the default)'],
  ],
  [
    'overlapping ranges, both written',
    file('network: {podSubnet: 10.0.0.0/16, serviceSubnet: 10.0.1.0/24}\n'),
    ['kadm.yaml:6:50: network.serviceSubnet: 10.0.1.0/24 overlaps the pod range 10.0.0.0/16'],
  ],
  [
    'a service range too small',
    file('network: {serviceSubnet: 10.96.0.0/29}\n'),
    ['kadm.yaml:6:26: network.serviceSubnet: 10.96.0.0/29 is too small; use a service range from /12 to /28 (IPv4)'],
  ],
  [
    'a service range too large',
    file('network: {serviceSubnet: 172.0.0.0/8}\n'),
    ['kadm.yaml:6:26: network.serviceSubnet: 172.0.0.0/8 is too large; use a service range from /12 to /28 (IPv4)'],
  ],
  [
    'a pod range too small for nodes',
    file('network: {podSubnet: 10.244.0.0/25}\n'),
    [
      'kadm.yaml:6:22: network.podSubnet: 10.244.0.0/25 is too small; each node takes a /24 of it, so use /16 or a larger range',
    ],
  ],
  [
    'a pod range of a few addresses',
    file('network: {podSubnet: 10.244.0.0/29}\n'),
    ['kadm.yaml:6:22: network.podSubnet: 10.244.0.0/29 is too small; use a pod range of at least 14 addresses'],
  ],
  [
    'a pod range too large',
    file('network: {podSubnet: 32.0.0.0/6}\n'),
    [
      'kadm.yaml:6:22: network.podSubnet: 32.0.0.0/6 is too large; each node takes a /24 of it and Kubernetes allows 65536 such parts, so use /8 or a smaller range',
    ],
  ],
  [
    'two ranges of one family',
    file('network: {podSubnet: "10.1.0.0/16,10.2.0.0/16"}\n'),
    [
      'kadm.yaml:6:22: network.podSubnet: must be one range, or one IPv4 range and one IPv6 range, not 10.1.0.0/16,10.2.0.0/16',
    ],
  ],
  [
    'pods and services of different families',
    file('network: {podSubnet: fd00::/48}\n'),
    [
      'kadm.yaml:6:22: network.podSubnet: fd00::/48 is IPv6, but the service range 10.96.0.0/12 (the default) is IPv4; list the same family first in both',
    ],
  ],
  [
    'no pod range for flannel',
    file('network: {podSubnet: []}\n'),
    ['kadm.yaml:6:22: network.podSubnet: must not be empty; flannel needs a pod range'],
  ],
  [
    'no service range',
    file('network: {serviceSubnet: ""}\n'),
    ['kadm.yaml:6:26: network.serviceSubnet: must not be empty; a cluster needs a service range'],
  ],
  [
    'a host inside the pod range',
    file('network: {podSubnet: 192.168.0.0/16}\n'),
    ['kadm.yaml:5:8: hosts[0].ssh.address: 192.168.56.10 is in the pod range 192.168.0.0/16; choose another range'],
  ],
  [
    'a node address inside the service range',
    file('', '  address: 10.97.0.1\n'),
    [
      'kadm.yaml:6:12: hosts[0].address: 10.97.0.1 is in the service range 10.96.0.0/12 (the default); choose another range',
    ],
  ],
  [
    'an endpoint inside the service range',
    file('controlPlaneEndpoint: 10.96.0.1:6443\n'),
    [
      'kadm.yaml:6:23: controlPlaneEndpoint: 10.96.0.1 is in the service range 10.96.0.0/12 (the default); choose another range',
    ],
  ],
]

describe('a range that cannot be is reported with its place', () => {
  test.each(CASES)('%s', (_, text, lines) => {
    expect(problems(() => read(text))).toEqual(lines)
  })
})
