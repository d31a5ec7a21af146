import {describe, expect, test} from 'vitest'

import {file, problems, read} from './reading.ts'

/** What a person may write, and every error line that it causes. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a version too old',
    file('kubernetesVersion: v1.34.3\n'),
    [
      'kadm.yaml:6:20: kubernetesVersion: Kubernetes v1.34.3 is not supported by this version of kadm; use a version from v1.35 to v1.37',
    ],
  ],
  [
    'a version too new',
    file('kubernetesVersion: v1.38.0\n'),
    [
      'kadm.yaml:6:20: kubernetesVersion: Kubernetes v1.38.0 is not supported by this version of kadm; use a version from v1.35 to v1.37',
    ],
  ],
  [
    'a label for a version',
    file('kubernetesVersion: stable-1\n'),
    [
      "kadm.yaml:6:20: kubernetesVersion: invalid Kubernetes version 'stable-1'; use a full version such as v1.37.2 (v1.35 to v1.37)",
    ],
  ],
  [
    'a version that YAML reads as a number',
    file('kubernetesVersion: 1.37\n'),
    [
      'kadm.yaml:6:20: kubernetesVersion: must be text, not the number 1.37; use a full version such as v1.37.2 (v1.35 to v1.37)',
    ],
  ],
  [
    'a cluster name of nothing',
    file('metadata: {name: " "}\n'),
    [
      "kadm.yaml:6:18: metadata.name: ' ' is not a cluster name; use at most 253 characters, none of them a control character",
    ],
  ],
  [
    'an unknown key algorithm',
    file('pki: {algorithm: RSA-1024}\n'),
    [
      "kadm.yaml:6:18: pki.algorithm: must be one of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384, not 'RSA-1024'",
    ],
  ],
  [
    'a duration in years',
    file('pki: {caValidity: 10y}\n'),
    [
      "kadm.yaml:6:19: pki.caValidity: '10y' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m",
    ],
  ],
  [
    'a wait without a unit',
    file('startupTimeout: "15"\n'),
    ["kadm.yaml:6:17: startupTimeout: '15' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m"],
  ],
  [
    'a duration of nothing',
    file('pki: {certificateValidity: 0h}\n'),
    [
      "kadm.yaml:6:28: pki.certificateValidity: '0h' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m",
    ],
  ],
  [
    'a duration as a number',
    file('pki: {caValidity: 87600}\n'),
    [
      'kadm.yaml:6:19: pki.caValidity: must be text, not the number 87600; write hours, minutes and seconds such as 8760h or 1h30m',
    ],
  ],
  [
    'a text of two lines',
    file('metadata: {name: "a\\nb"}\n'),
    [
      "kadm.yaml:6:18: metadata.name: 'a\\nb' is not a cluster name; use at most 253 characters, none of them a control character",
    ],
  ],
  [
    'a bad SAN',
    file('pki: {apiServerSANs: [api.example.com, 10.0.0.300]}\n'),
    ["kadm.yaml:6:40: pki.apiServerSANs[1]: '10.0.0.300' is not an IP address, DNS name or *.name"],
  ],
  [
    'an endpoint as a URL',
    file('controlPlaneEndpoint: https://api:6443\n'),
    [
      "kadm.yaml:6:23: controlPlaneEndpoint: 'https://api:6443' is not an endpoint; write host or host:port, such as api.example.com:6443",
    ],
  ],
  [
    'an endpoint with an impossible port',
    file('controlPlaneEndpoint: api:70000\n'),
    [
      "kadm.yaml:6:23: controlPlaneEndpoint: 'api:70000' is not an endpoint; write host or host:port, such as api.example.com:6443",
    ],
  ],
  [
    'an API port out of range',
    file('apiPort: 66000\n'),
    ['kadm.yaml:6:10: apiPort: must be at most 65535, not the number 66000'],
  ],
  [
    'a swap setting that is none',
    file('swap: on\n'),
    ["kadm.yaml:6:7: swap: must be one of off, keep, not 'on'; did you mean 'off'?"],
  ],
  ['an unknown source', file('source: {kind: offline}\n'), ['kadm.yaml:6:16: source.kind: must be online or bundle']],
  [
    'a package mirror that is no web address, with a key by its short name',
    file('source: {kind: online, packages: {url: mirror/deb, keyFingerprint: 9A296436}}\n'),
    [
      "kadm.yaml:6:40: source.packages.url: 'mirror/deb' is not the address of a package repository; write https://mirror.example.com/kubernetes/",
      "kadm.yaml:6:68: source.packages.keyFingerprint: '9A296436' is not a key fingerprint; write the 40 hex digits that 'gpg --show-keys' prints",
    ],
  ],
  [
    'a package mirror with a password in its address',
    file('source: {kind: online, packages: {url: "https://me:secret@mirror/deb"}}\n'),
    [
      'kadm.yaml:6:40: source.packages.url: must not contain a user or password; put them into /etc/apt/auth.conf.d on the hosts',
    ],
  ],
  [
    'a package mirror whose key would come unprotected',
    file('source: {kind: online, packages: {url: "http://mirror/deb"}}\n'),
    ['kadm.yaml:6:40: source.packages.url: does not use HTTPS; set keyFile to the OpenPGP key of the mirror'],
  ],
  [
    'archives from a mirror that is no web address, with a hash that is none',
    file('source: {kind: online, archives: {url: mirror, sha256: {runc.amd64: abc}}}\n'),
    [
      "kadm.yaml:6:40: source.archives.url: 'mirror' is not the address of a mirror; write https://mirror.example.com/path",
      "kadm.yaml:6:69: source.archives.sha256.runc.amd64: 'abc' is not a sha256; write the 64 hex digits that 'sha256sum' prints",
    ],
  ],
  [
    'mirrors of images for the same registry, with an authority that cannot be read',
    file(
      'source: {kind: online, images: [{registry: ghcr.io, mirror: "https://m", caFile: no.pem}, {registry: ghcr.io, mirror: "http://m"}]}\n',
    ),
    [
      "kadm.yaml:6:82: source.images[0].caFile: cannot read 'no.pem': no such file",
      'kadm.yaml:6:102: source.images[1].registry: lists ghcr.io twice',
    ],
  ],
  [
    'an authority for a mirror without https',
    file('source: {kind: online, images: [{registry: ghcr.io, mirror: "http://m", caFile: ca.pem}]}\n'),
    ['kadm.yaml:6:81: source.images[0].caFile: needs a mirror that uses HTTPS'],
  ],
  [
    'a mirror for what is no registry',
    file('source: {kind: online, images: [{registry: library, mirror: "http://m"}]}\n'),
    [
      "kadm.yaml:6:44: source.images[0].registry: 'library' is not a registry; write its host name, such as registry.k8s.io",
    ],
  ],
  [
    'a proxy with a password, and exceptions in one text',
    file('proxy: {http: "http://me:secret@proxy:3128", noProxy: ["a,b"]}\n'),
    [
      'kadm.yaml:6:15: proxy.http: must not contain a user or password, because every user of a host can read the files that contain it; use a proxy that does not need them',
      "kadm.yaml:6:56: proxy.noProxy[0]: 'a,b' is not a name, .domain, address or range; write one per entry",
    ],
  ],
  [
    'a proxy without an address',
    file('proxy: {noProxy: [a]}\n'),
    ['kadm.yaml:6:8: proxy: must set http, https or both'],
  ],
  ['a bundle without a path', file('source: {kind: bundle}\n'), ['kadm.yaml:6:9: source.path: is missing']],
  [
    'an image repository as a URL',
    file('imageRepository: https://mirror\n'),
    [
      "kadm.yaml:6:18: imageRepository: 'https://mirror' is not an image repository; write it as registry.example.com/kubernetes, with the path in lower case",
    ],
  ],
  [
    'an unknown pod network',
    file('network: {plugin: calico}\n'),
    ['kadm.yaml:6:19: network.plugin: must be flannel, none or {file: PATH}'],
  ],
  [
    'a pod network file that does not exist',
    file('network: {plugin: {file: ./cni.yaml}}\n'),
    ["kadm.yaml:6:26: network.plugin.file: cannot read 'cni.yaml': no such file"],
  ],
  [
    "'all' beside other checks",
    file('ignorePreflightErrors: [all, Swap]\n'),
    ["kadm.yaml:6:24: ignorePreflightErrors: 'all' includes every check; remove the other names"],
  ],
]

describe('a setting that cannot be is reported with its place', () => {
  test.each(CASES)('%s', (_, text, lines) => {
    expect(problems(() => read(text))).toEqual(lines)
  })
})
