import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {LEFT_BY_RESET} from '../e2e/left-by-reset.ts'
import {differences, snapshot, type Snapshot} from '../e2e/snapshot.ts'
import {changedIn} from '../e2e/told.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'

const MACHINES = ['master', 'worker']
const TOKEN = 'abcdef.0123456789abcdef'

const INIT = (address: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
  - token: ${TOKEN}
    ttl: 4h
    description: of the file
    usages: [signing, authentication]
    groups: [system:bootstrappers:kubeadm:default-node-token]
localAPIEndpoint: {advertiseAddress: ${address}, bindPort: 7443}
nodeRegistration:
  name: first
  imagePullSerial: false
  taints: []
  kubeletExtraArgs:
    - {name: node-labels, value: example.com/disk=ssd}
patches: {directory: patches}
timeouts: {controlPlaneComponentHealthCheck: 6m}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: shop
certificatesDir: /etc/kubernetes/certs
certificateValidityPeriod: 4380h
encryptionAlgorithm: ECDSA-P256
networking: {podSubnet: 10.99.0.0/16, serviceSubnet: 10.98.0.0/16, dnsDomain: shop.local}
etcd:
  local:
    dataDir: /var/lib/etcd-data
    serverCertSANs: [etcd.shop.example]
    extraArgs: [{name: auto-compaction-retention, value: "2"}]
apiServer:
  certSANs: [api.shop.example]
  extraArgs: [{name: audit-log-path, value: /var/log/kubernetes/audit.log}]
  extraVolumes:
    - {name: audit, hostPath: /var/log/kubernetes, mountPath: /var/log/kubernetes, pathType: DirectoryOrCreate}
controllerManager:
  extraArgs: [{name: node-monitor-grace-period, value: 50s}, {name: secure-port, value: "11257"}]
scheduler:
  extraEnvs: [{name: SEEN, value: "yes"}]
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: 42
healthzPort: 11248
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
`

const JOIN = (endpoint: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: "${endpoint}", unsafeSkipCAVerification: true}
nodeRegistration:
  name: second
  kubeletExtraArgs: [{name: node-labels, value: example.com/disk=hdd}]
  taints: [{key: example.com/slow, effect: PreferNoSchedule}]
`

/** Folder and content as kubeadm's --patches reads them: target, suffix and patch type are in the name. */
const PATCHES = {
  'kube-apiserver0+json.json': '[{"op": "add", "path": "/metadata/labels/patched", "value": "json"}]',
  'kube-scheduler1+merge.yaml': 'metadata: {labels: {patched: merge}}\n',
  'etcd.yaml': 'metadata: {labels: {patched: strategic}}\n',
  'kubeletconfiguration+strategic.yaml': 'podPidsLimit: 2048\n',
  'corednsdeployment.yaml': 'spec: {template: {metadata: {labels: {patched: coredns}}}}\n',
} as const

describe('a person who brings a file that was written for kubeadm', () => {
  let lab: TestLab
  const bare = new Map<string, Snapshot>()

  beforeAll(async () => {
    lab = await testLab('release-kubeadm-file', MACHINES)
    await Promise.all(MACHINES.map(async machine => bare.set(machine, await snapshot(lab, machine))))
    await lab.write('kubeadm.yaml', INIT(lab.address('master')))
    await lab.write('join.yaml', JOIN(`${lab.address('master')}:7443`))
    await mkdir(join(lab.home, 'patches'))
    for (const [name, text] of Object.entries(PATCHES)) await writeFile(join(lab.home, 'patches', name), text)
  })
  afterAll(() => lab.down())

  const KUBECTL = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf --cache-dir /dev/shm/kubectl'
  const kubectl = (words: string): Promise<string> => lab.must('master', `${KUBECTL} ${words}`)
  const init = () =>
    lab.kadmDone(['init', lab.target('master'), '-f', 'kubeadm.yaml', '--pod-network', 'flannel', ...bundle(), '--json'])
  const joined = () =>
    lab.kadmDone(['join', lab.target('worker'), '--to', lab.target('master'), '-f', 'join.yaml', ...bundle(), '--json'])
  const bundle = (): readonly string[] => ['--bundle', lab.bundleDir]

  it('makes a cluster of it with init', async () => {
    const {events} = await measured('init with a kubeadm file', init)

    expect(events.at(-1)).toMatchObject({type: 'result'})
    expect(await kubectl('get nodes --no-headers')).toMatch(/^first +Ready +control-plane /)
    expect(await lab.must('master', 'hostname')).toBe('master')
  })

  it('finds every value of the file in force', async () => {
    const node = await kubectl(
      `get node first -o jsonpath='{.metadata.labels.example\\.com/disk} {.status.capacity.pods} {.spec.taints} {.spec.podCIDR}'`,
    )
    expect(node).toMatch(/^ssd 42 +10\.99\./)
    for (const [component, patch] of Object.entries({'kube-apiserver': 'json', 'kube-scheduler': 'merge', etcd: 'strategic'}))
      expect(await kubectl(`-n kube-system get pods -l component=${component},patched=${patch} -o name`)).toBe(
        `pod/${component}-first`,
      )
    expect(await kubectl('-n kube-system get pods -l patched=coredns --no-headers')).toMatch(/Running/)
    expect(await lab.must('master', 'sudo grep podPidsLimit /var/lib/kubelet/config.yaml')).toContain('2048')
    expect(await kubectl('-n kube-system get configmap kube-proxy -o yaml')).toContain('mode: "nftables"')
    expect(await lab.must('master', 'sudo ls /var/log/kubernetes')).toBe('audit.log')
    expect(await lab.must('master', 'sudo test -d /var/lib/etcd-data/member && echo there')).toBe('there')
    expect(await lab.on('master', 'sudo test -e /etc/kubernetes/pki/ca.crt')).toMatchObject({code: 1})
    const names = await lab.must(
      'master',
      'sudo openssl x509 -in /etc/kubernetes/certs/apiserver.crt -noout -ext subjectAltName; sudo openssl x509 -in /etc/kubernetes/certs/etcd/server.crt -noout -ext subjectAltName',
    )
    for (const name of ['api.shop.example', 'etcd.shop.example', 'first', '10.98.0.1', 'kubernetes.default.svc.shop.local'])
      expect(names).toContain(name)
  })

  it('sees the real kubeadm read the certificates and the configuration of the cluster', async () => {
    const expiration = await lab.must('master', 'sudo kubeadm certs check-expiration --cert-dir /etc/kubernetes/certs')

    expect(expiration).toMatch(/^apiserver .* 18[12]d .* no *$/m)
    expect(expiration).not.toMatch(/MISSING|invalid/)
    expect(await lab.must('master', 'sudo kubeadm token list')).toMatch(new RegExp(`^${TOKEN} +3h .* of the file`, 'm'))
  })

  it('joins a worker with a JoinConfiguration', async () => {
    await measured('join with a kubeadm file', joined)

    const node = await kubectl(
      `get node second -o jsonpath='{.metadata.labels.example\\.com/disk} {.status.capacity.pods} {.spec.taints[*].key}'`,
    )
    expect(node).toBe('hdd 42 example.com/slow')
  })

  it('proves that it works, and neither status nor doctor has a complaint', async () => {
    await measured('verify', () => lab.kadmDone(['verify', lab.target('master')]))
    await lab.kadmDone(['status', lab.target('master')])
    const {stdout} = await lab.kadm(['doctor', lab.target('master'), '--json'])
    // The machines of a lab have a name server that answers nothing.
    expect([...stdout.matchAll(/"name":"([\w-]+)","cause"/g)].map(([, name]) => name)).toEqual(['dns-upstream'])
  })

  it('changes nothing by a second run', async () => {
    expect(changedIn((await init()).events)).toEqual([])
    expect(changedIn((await joined()).events)).toEqual([])
  })

  it('gives both machines back as they were', async () => {
    await lab.kadmDone(['reset', lab.target('worker'), '--to', lab.target('master'), '--yes'])
    await lab.kadmDone(['reset', lab.target('master'), '--yes'])

    for (const machine of MACHINES)
      expect(
        differences(bare.get(machine) ?? new Set(), await snapshot(lab, machine), [...LEFT_BY_RESET, ...OF_THE_PODS]),
        machine,
      ).toEqual([])
  })
})

const OF_THE_PODS = [
  {line: /^\+ log folder \/var\/log\/kubernetes$/, because: 'the audit log of the file is data of the API server'},
]
