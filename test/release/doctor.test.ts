import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import type {Diagnosis} from '../../src/diagnose/diagnosis.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'

type Machine = 'master' | 'worker-1' | 'all'

interface Broken {
  /** The rule that must name it. */
  readonly name: string
  /** The machine that is named to it; `all` of the cluster's file without a name. */
  readonly machine: Machine
  /** Breaks it, as root on that machine. */
  readonly how: string
  /** Where it is broken, when that is not where it is seen. */
  readonly brokenOn?: 'master'
  /** What the fix asks people to do by hand before what it tells them to type. */
  readonly byHand?: string
  /** A second command of the fix is for the case that the first one was not enough. */
  readonly firstMayFail?: boolean
  /** All of its commands are typed, one after the other. */
  readonly everything?: boolean
}

const ADMIN = 'export KUBECONFIG=/etc/kubernetes/admin.conf'

const BROKEN: readonly Broken[] = [
  {name: 'containerd-down', machine: 'worker-1', how: 'systemctl stop containerd'},
  {
    name: 'unit-masked',
    machine: 'worker-1',
    how: 'systemctl stop containerd; ln -sf /dev/null /etc/systemd/system/containerd.service; systemctl daemon-reload',
    firstMayFail: true,
  },
  {name: 'kubelet-off', machine: 'worker-1', how: 'systemctl disable --now kubelet'},
  {
    name: 'kubelet-flag',
    machine: 'worker-1',
    how: 'echo KUBELET_EXTRA_ARGS=--container-runtime=remote >/etc/default/kubelet; systemctl restart kubelet; sleep 3',
    byHand: 'rm /etc/default/kubelet',
  },
  {
    name: 'kubelet-config',
    machine: 'worker-1',
    how: `printf '\\tbad: [\\n' >>/var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 3`,
  },
  {
    name: 'containerd-config',
    machine: 'worker-1',
    how: `printf '[plugins\\n' >>/etc/containerd/config.toml; systemctl restart containerd; sleep 3`,
  },
  {
    name: 'cni-plugin',
    machine: 'worker-1',
    how: `echo '{"cniVersion":"1.0.0","name":"cilium","plugins":[{"type":"cilium-cni"}]}' >/etc/cni/net.d/05-cilium.conflist; sleep 2`,
  },
  {
    name: 'node-deleted',
    machine: 'worker-1',
    how: 'kubectl --kubeconfig /etc/kubernetes/admin.conf delete node worker-1; sleep 3',
    brokenOn: 'master',
  },
  {name: 'node-name', machine: 'worker-1', how: 'hostnamectl set-hostname node-b; systemctl restart kubelet; sleep 12'},
  {name: 'ip-forward', machine: 'worker-1', how: 'sysctl -q -w net.ipv4.ip_forward=0'},
  {
    name: 'manifest-copy',
    machine: 'master',
    how: 'cp /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/manifests/kube-scheduler.yaml.bak',
  },
  {
    name: 'static-pod-manifest',
    machine: 'master',
    how: `printf '\\tbad\\n' >>/etc/kubernetes/manifests/kube-scheduler.yaml; sleep 25`,
  },
  {name: 'manifest-missing', machine: 'master', how: 'rm /etc/kubernetes/manifests/kube-scheduler.yaml'},
  {name: 'manifest-missing', machine: 'master', how: 'rm /etc/kubernetes/manifests/etcd.yaml; sleep 25'},
  {
    name: 'component-flag',
    machine: 'master',
    how: `sed -i 's/--enable-admission-plugins/--enable-admision-plugins/' /etc/kubernetes/manifests/kube-apiserver.yaml; sleep 45`,
  },
  {
    name: 'certificate-authority',
    machine: 'master',
    how: 'cd /etc/kubernetes/pki; for end in crt key; do cp front-proxy-client.$end apiserver.$end; done; sleep 5',
  },
  {
    name: 'corefile',
    machine: 'all',
    how: `export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl -n kube-system get configmap coredns -o yaml | sed 's/forward /forwrad /' | kubectl apply -f -; kubectl -n kube-system delete pod -l k8s-app=kube-dns; sleep 20`,
  },
  {
    name: 'dns-upstream',
    machine: 'all',
    how: `${ADMIN}; kubectl -n kube-system get configmap coredns -o yaml | sed 's/forward \\. .*resolv.conf/forward . 192.0.2.53/' | kubectl apply -f -; kubectl -n kube-system delete pod -l k8s-app=kube-dns; sleep 5`,
    everything: true,
  },
  {
    name: 'rights-missing',
    machine: 'all',
    how: `${ADMIN}; kubectl delete clusterrolebinding kubeadm:node-proxier`,
  },
  {name: 'rights-missing', machine: 'all', how: `${ADMIN}; kubectl delete clusterrole flannel`},
  {
    name: 'account-missing',
    machine: 'all',
    how: `${ADMIN}; kubectl -n kube-system delete serviceaccount kube-proxy`,
    everything: true,
  },
  {
    name: 'workload-missing',
    machine: 'all',
    how: `${ADMIN}; kubectl -n kube-system delete daemonset/kube-proxy configmap/kube-proxy serviceaccount/kube-proxy`,
  },
  {
    name: 'workload-missing',
    machine: 'master',
    how: `${ADMIN}; kubectl -n kube-system delete deployment/coredns configmap/coredns service/kube-dns serviceaccount/coredns`,
  },
  {name: 'file-missing', machine: 'master', how: 'rm /etc/kubernetes/pki/ca.crt'},
  {name: 'file-missing', machine: 'master', how: 'rm /etc/kubernetes/pki/front-proxy-ca.crt'},
  {name: 'file-missing', machine: 'master', how: 'rm /etc/kubernetes/pki/etcd/ca.crt'},
  {name: 'file-missing', machine: 'worker-1', how: 'rm /etc/kubernetes/pki/ca.crt'},
]

/** Longer than any complaint may outlive its cause. */
const FORGOTTEN_MS = 90_000

describe('a person whose cluster is broken, and who does what the doctor tells them', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await testLab('doctor-fixes', ['master', 'worker-1'])
    await lab.write('kadm.yaml', labClusterYaml(lab.lab))
    await measured('kadm apply', () => lab.kadmDone(['apply']))
  })
  afterAll(() => lab.down())

  interface Report {
    readonly hosts?: readonly {readonly diagnoses: readonly Diagnosis[]}[]
    readonly cluster?: {readonly diagnoses: readonly Diagnosis[]}
  }

  /** What is reported of the machine, and then of the cluster. */
  const ask = async (machine: string): Promise<readonly Diagnosis[]> => {
    const {stdout} = await lab.kadm(['doctor', ...(machine === 'all' ? [] : [lab.target(machine)]), '--json'])
    const report = stdout
      .split('\n')
      .map(line => line.trim())
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Report)
      .find(({hosts}) => hosts !== undefined)
    if (report === undefined) throw new Error(`no report in:\n${stdout}`)
    return [...(report.hosts ?? []), ...(report.cluster === undefined ? [] : [report.cluster])].flatMap(
      ({diagnoses}) => diagnoses,
    )
  }

  const type = async (machine: string, command: string): Promise<number> => {
    const [program, ...args] = command.split(' ')
    // A person types kadm where they are, and the rest on the machine; what is about the cluster, on its control plane.
    if (program === 'kadm') return (await lab.kadm(args[0] === 'init' ? ['apply'] : args)).code ?? -1
    return (await lab.on(machine === 'all' ? 'master' : machine, command)).code
  }

  /** What is typed stands between backticks. */
  const commandsOf = ({fix}: Diagnosis): readonly string[] =>
    [...fix.matchAll(/`([^`]+)`/g)]
      .map(([, command = '']) => command)
      .filter(command => /^(?:sudo|kubectl|kadm (?:apply|init))/.test(command))

  /** A node that was deleted may get another range: the doctor says so next, and asks for its pods to be deleted by hand. */
  const namesAfter = async (machine: string): Promise<readonly string[]> => {
    const found = await ask(machine)
    const range = found.find(({name}) => name === 'pod-addresses')
    if (range !== undefined) {
      await type(machine, commandsOf(range)[0] ?? '')
      await lab.must(
        'master',
        'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system delete pod --wait=false -l k8s-app=kube-dns',
      )
    }
    return found.map(({name}) => name)
  }

  afterEach(async ({task}) => {
    if (task.result?.state === 'fail') await lab.kadm(['apply'])
  })

  it.each(['master', 'worker-1', 'all'])('is told nothing of %s while all is well', async machine => {
    expect(await ask(machine)).toEqual([])
  })

  it.each(BROKEN.map(broken => [broken.name, broken.machine, broken] as const))(
    '%s on %s is named, and what is typed repairs it',
    async (name, machine, {how, brokenOn = machine, byHand, firstMayFail = false, everything = false}) => {
      await lab.on(brokenOn === 'all' ? 'master' : brokenOn, 'sudo sh', how)
      const [first] = await ask(machine)
      expect(first).toMatchObject({name})
      if (first === undefined) throw new Error('nothing was found')

      if (byHand !== undefined) await lab.must(machine, 'sudo sh', byHand)
      const [command = '', next = ''] = commandsOf(first)
      const code = await type(machine, command)
      if (firstMayFail && code !== 0) expect(await type(machine, next)).toBe(0)
      else expect([command, code]).toEqual([command, 0])

      if (everything) expect(await type(machine, next)).toBe(0)

      await expect.poll(() => namesAfter(machine), {timeout: FORGOTTEN_MS, interval: 2000}).toEqual([])
    },
  )
})
