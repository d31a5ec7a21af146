import {mkdir, readFile, stat, writeFile} from 'node:fs/promises'
import {execFileSync, spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {KadmEvent} from './run-kadm.ts'
import {changedIn, errorsIn} from './told.ts'
import {LEFT_BY_RESET} from './left-by-reset.ts'
import {secretsOn, toldSecrets, watchCommands} from './secrets.ts'
import {differences, snapshot, type Snapshot} from './snapshot.ts'
import {takenAwayAndBack} from './taken-away.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'

const MACHINES = ['master', 'worker-1', 'worker-2', 'spare']
const WORKERS = ['worker-1', 'worker-2']

describe('a person with four bare machines', () => {
  let lab: TestLab
  const bare = new Map<string, Snapshot>()
  const secrets: string[] = []
  const commands = new Set<string>()
  const told: string[] = []

  beforeAll(async () => {
    lab = await testLab('e2e-cluster', MACHINES)
    await Promise.all(MACHINES.map(async machine => bare.set(machine, await snapshot(lab, machine))))
  })
  afterAll(() => lab.down())

  const of = (machine: string): Snapshot => bare.get(machine) ?? new Set()
  const bundle = (): readonly string[] => ['--bundle', lab.bundleDir]
  const to = (): readonly string[] => ['--to', lab.target('master')]
  /** What `kadm status --json` says of each node. */
  const nodes = async (): Promise<readonly string[]> => {
    const {events} = await lab.kadmDone(['status', lab.target('master'), '--json'])
    return nodesOf(events.at(-1)).map(({name, ready}) => `${name} ${ready ? 'ready' : 'not ready'}`)
  }
  const file = (): string => join(lab.home, 'kadm.yaml')

  it('checks them first: kadm says what it will do and that nothing blocks it', async () => {
    const targets = MACHINES.map(lab.target)

    const checked = await lab.kadm(['preflight', ...targets, '--verbose', ...bundle()])
    const {code, events} = await lab.kadm(['preflight', ...targets, '--json', ...bundle()])

    expect(checked).toMatchObject({code: 0, stderr: ''})
    expect(checked.stdout).toMatch(/no kubelet is installed\n\s+next: kadm installs v1\.37\.2/)
    expect(checked.stdout).toMatch(/\d+ checks: 0 errors, \d+ warnings?\n$/)
    expect(code).toBe(0)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({type: 'result', findings: expect.any(Array) as unknown})
  })

  it('sees with --dry-run what init would change and why, and nothing is changed', async () => {
    const {stdout} = await lab.kadmDone(['init', lab.target('master'), '--dry-run', ...bundle()])

    expect(stdout).toContain('prepare/runtime')
    expect(stdout).toMatch(/file:\/etc\/containerd\/config\.toml: .*\n\s+because enables the interface for the kubelet/)
    expect(stdout).toMatch(/^\d+ changes on 1 host$/m)
    expect(differences(of('master'), await snapshot(lab, 'master'))).toEqual([])
  })

  it('makes the first one a cluster with init', async () => {
    const watch = watchCommands(lab, 'master')
    const {stdout} = await measured('kadm init', () => lab.kadmDone(['init', lab.target('master'), ...bundle()]))
    for (const command of (await watch.end()).commands) commands.add(command)
    secrets.push(...(await secretsOn(lab, 'master')))

    expect(stdout).toMatch(/next: kadm join WORKER … --to ubuntu@/)
    expect(await nodes()).toEqual(['master ready'])
  })

  it('joins two at once', async () => {
    const watch = watchCommands(lab, 'worker-1')
    await measured('kadm join of two', () =>
      lab.kadmDone(['join', ...WORKERS.map(lab.target), ...to(), '--json', ...bundle()]),
    )
    const seen = await watch.end()
    for (const command of seen.commands) commands.add(command)
    secrets.push(...seen.tokens, ...(await secretsOn(lab, 'worker-1')), ...(await secretsOn(lab, 'worker-2')))

    expect(await nodes()).toEqual(['master ready', 'worker-1 ready', 'worker-2 ready'])
    expect(seen.tokens).toHaveLength(1)
  })

  it('sees nodes and components with status', async () => {
    const {stdout} = await lab.kadmDone(['status', lab.target('master')])

    expect(stdout).toMatch(/^master +ready +control-plane +v1\.37\.2 /m)
    expect(stdout).toMatch(/^worker-2 +ready +worker +v1\.37\.2 /m)
    for (const component of ['kube-apiserver-master', 'etcd-master', 'coredns', 'kube-proxy']) {
      expect(stdout).toMatch(new RegExp(`^${component} +ok`, 'm'))
    }
    expect(stdout).not.toContain('broken')
  })

  it('is refused when they take a worker for a new machine, or add one that belongs to another cluster', async () => {
    await lab.must(
      'spare',
      'sudo sh -c "mkdir -p /etc/kubernetes/pki; cp /etc/ssl/certs/ISRG_Root_X1.pem /etc/kubernetes/pki/ca.crt"',
    )

    const taken = await lab.kadm(['init', lab.target('worker-1'), ...bundle(), '--json'])
    const foreign = await lab.kadm(['join', lab.target('spare'), ...to(), ...bundle(), '--json'])
    await lab.must('spare', 'sudo rm -r /etc/kubernetes')

    expect(taken.code).toBe(3)
    expect(errorsIn(taken.events)[0]?.evidence).toMatch(/worker-1: Role: is a worker of a cluster/)
    expect(foreign.code).toBe(3)
    expect(errorsIn(foreign.events)[0]?.evidence).toMatch(
      /spare: OtherCluster: belongs to another cluster \(CA sha256:/,
    )
    expect(await nodes()).toEqual(['master ready', 'worker-1 ready', 'worker-2 ready'])
  })

  it('fetches the kubeconfig into the one they have, and kubectl works from the laptop', async () => {
    const config = join(lab.home, '.kube/config')
    await mkdir(join(lab.home, '.kube'))
    await writeFile(
      config,
      '# mine\napiVersion: v1\nkind: Config\ncontexts:\n- name: work\n  context: {cluster: work, user: me}\n',
    )

    await lab.kadmDone(['kubeconfig', lab.target('master'), '--context', 'home'])

    const text = await readFile(config, 'utf8')
    expect(text).toMatch(/^# mine\n/)
    expect(text).toMatch(/name: work/)
    expect((await stat(config)).mode & 0o777).toBe(0o600)
    const ask = ['get', 'nodes', '-o', 'name']
    const answer = hasKubectl()
      ? execFileSync('kubectl', ['--kubeconfig', config, ...ask]).toString()
      : await lab.must('master', `cat > fetched; kubectl --kubeconfig fetched ${ask.join(' ')}; rm fetched`, text)
    expect(answer.trim().split('\n').sort()).toEqual(['node/master', 'node/worker-1', 'node/worker-2'])
  })

  it('finds kubectl ready for the login user on the control plane', async () => {
    expect(await lab.must('master', 'kubectl get nodes -o name | sort')).toBe(
      'node/master\nnode/worker-1\nnode/worker-2',
    )
    expect(await lab.must('master', 'stat -c "%a %U" ~/.kube/config')).toBe('600 ubuntu')
  })

  it('proves with verify that pods, services and DNS work', async () => {
    const {events} = await measured('kadm verify', () => lab.kadm(['verify', lab.target('master'), '--json']))

    const checks = events.filter(({type}) => type === 'check')
    // The machines of a lab have a name server that answers nothing.
    const inside = checks.filter(({name}) => name !== 'DNS outside the cluster')
    expect(inside.filter(({ok, skipped}) => ok !== true || skipped !== undefined)).toEqual([])
    expect(checks.filter(({ok}) => ok !== true)).toEqual([])
    expect(checks.length).toBeGreaterThan(8)
    expect(errorsIn(events)).toEqual([])
  })

  it('writes the cluster down, applies the file, and nothing is changed', async () => {
    const targets = ['master', ...WORKERS].map(lab.target)
    const {stdout} = await lab.kadmDone(['config', 'print', ...targets, ...bundle()], {bare: true})
    await writeFile(file(), stdout)

    const {events, ms} = await measured('kadm apply with nothing to do', () =>
      lab.kadmDone(['apply', '-f', file(), '--json']),
    )

    console.log(
      `  of that the run itself: ${String(events.find(({type}) => type === 'run-done')?.['durationMs'])} of ${ms.toFixed(0)} ms`,
    )
    expect(changedIn(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({type: 'result', changes: 0})
  })

  it('sees in the plan exactly what was changed by hand, and apply repairs only that', async () => {
    await lab.must('worker-1', `echo 'net.ipv4.ip_forward = 0' | sudo tee -a /etc/sysctl.d/99-zz-kadm.conf`)
    await lab.must('worker-1', 'sudo sysctl -qw net.ipv4.ip_forward=0')
    await lab.must('worker-2', 'sudo systemctl stop kubelet')

    const plan = await lab.kadm(['plan', '-f', file(), '--exit-code'])
    const applied = await lab.kadmDone(['apply', '-f', file(), '--json'])

    expect(plan.code).toBe(7)
    expect(plan.stdout).toMatch(/^ +-net\.ipv4\.ip_forward = 0$/m)
    expect(plan.stdout).toMatch(/^3 changes on 2 hosts$/m)
    expect(changedIn(applied.events)).toEqual([
      'worker-1 file:/etc/sysctl.d/99-zz-kadm.conf',
      'worker-1 sysctl:net.ipv4.ip_forward',
      'worker-2 unit:kubelet.service',
    ])
    expect(await lab.must('worker-1', 'cat /proc/sys/net/ipv4/ip_forward')).toBe('1')
    expect(await lab.must('worker-2', 'systemctl is-active kubelet')).toBe('active')
    expect((await lab.kadmDone(['apply', '-f', file(), '--json'])).events.at(-1)).toMatchObject({changes: 0})
    expect(await nodes()).toEqual(['master ready', 'worker-1 ready', 'worker-2 ready'])
  })

  it('shows in status and doctor what was removed, and nothing after it is restored', () =>
    takenAwayAndBack(lab, 'worker-1', file()))

  it('sees the real kubeadm agree: certificates, tokens and images', async () => {
    const certificates = await lab.must('master', 'sudo kubeadm certs check-expiration 2>/dev/null')
    const images = await lab.must('master', 'sudo kubeadm config images list --kubernetes-version v1.37.2 2>/dev/null')
    const {stdout: ours} = await lab.kadmDone(['config', 'images'], {bare: true})
    const {stdout: token} = await lab.kadmDone(['token', 'create', '--description', 'for a friend', ...to()])
    const tokens = await lab.must('master', 'sudo kubeadm token list')

    for (const name of [
      'admin.conf',
      'apiserver',
      'apiserver-etcd-client',
      'etcd-server',
      'front-proxy-client',
      'super-admin.conf',
    ]) {
      expect(certificates).toMatch(new RegExp(`^${name} .* 364d .* no *$`, 'm'))
    }
    expect(certificates).toMatch(/^(ca|etcd-ca|front-proxy-ca) .* 9y /m)
    expect(certificates).not.toMatch(/MISSING|invalid/)
    expect(ours.split('\n')).toEqual(expect.arrayContaining(images.split('\n')))
    expect(tokens).toMatch(new RegExp(`^${token.trim()} +23h .*authentication,signing .*for a friend`, 'm'))
    expect(tokens.trim().split('\n')).toHaveLength(2)
    await lab.kadmDone(['token', 'delete', token.trim(), ...to()])
    expect(await lab.must('master', 'sudo kubeadm token list')).not.toContain(token.trim())
  })

  it('prepares a machine, and the real kubeadm joins it with the line that kadm prints', async () => {
    await lab.kadmDone(['join', lab.target('spare'), ...to(), '--only', 'prepare,node-images', ...bundle()])
    const {stdout: line} = await lab.kadmDone(['token', 'create', '--print-join-command', ...to()])
    told.push(line.trim())

    await measured('kubeadm join', () =>
      lab.must('spare', `sudo ${line.trim()} --ignore-preflight-errors=SystemVerification`),
    )

    await lab.must('master', 'kubectl wait --for=condition=Ready node/spare --timeout=120s')
    // kubeadm does not wait for the pods that every node has to run; until they do, status calls the cluster not whole.
    for (const [namespace, set] of Object.entries({'kube-system': 'kube-proxy', 'kube-flannel': 'kube-flannel-ds'}))
      await lab.must('master', `kubectl -n ${namespace} rollout status daemonset/${set} --timeout=120s`)
    expect(await nodes()).toEqual(['master ready', 'spare ready', 'worker-1 ready', 'worker-2 ready'])
  })

  it('takes two machines out with reset, which leaves no trace on them and none of them in the cluster', async () => {
    const left = ['spare', 'worker-2']
    await measured('kadm reset of two', () =>
      lab.kadmDone(['reset', ...left.map(lab.target), ...to(), '--yes', '--json']),
    )

    expect(await nodes()).toEqual(['master ready', 'worker-1 ready'])
    for (const machine of left) {
      expect(differences(of(machine), await snapshot(lab, machine), LEFT_BY_RESET), machine).toEqual([])
    }
  })

  it('joins one of them again', async () => {
    await lab.kadmDone(['join', lab.target('worker-2'), ...to(), ...bundle()])

    expect(await nodes()).toEqual(['master ready', 'worker-1 ready', 'worker-2 ready'])
    expect((await lab.kadmDone(['apply', '-f', file(), '--json'])).events.at(-1)).toMatchObject({changes: 0})
  })

  it('never saw a secret in what kadm printed, and nobody on the machines saw one in a command line', async () => {
    const said = [...lab.said]
    const asked = await lab.kadmDone(['kubeconfig', lab.target('master'), '--print'])
    const tokens = said
      .filter(({args}) => args[0] !== 'token')
      .flatMap(({stdout, stderr}) => `${stdout}${stderr}`.match(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g) ?? [])
    const lines = [...commands].filter(line => !line.startsWith('TOKEN '))

    // What is asked for on purpose is found, so the search can find.
    expect(toldSecrets([asked], secrets)).not.toEqual([])
    expect(toldSecrets(said, secrets)).toEqual([])
    expect(tokens).toEqual([])
    expect(lines.some(line => line.startsWith('kube-apiserver '))).toBe(true)
    expect(lines.filter(line => secrets.some(secret => line.includes(secret)))).toEqual([])
  })

  it('takes the whole cluster back, which leaves no trace on any machine', async () => {
    await measured('kadm reset of all', () => lab.kadmDone(['reset', '-f', file(), '--yes', '--json']))

    for (const machine of MACHINES) {
      expect(differences(of(machine), await snapshot(lab, machine), LEFT_BY_RESET), machine).toEqual([])
    }
  })
})

interface NodeSeen {
  readonly name: string
  readonly ready: boolean
}

const isNodes = (value: unknown): value is readonly NodeSeen[] => Array.isArray(value)
const nodesOf = (event: KadmEvent | undefined): readonly NodeSeen[] => (isNodes(event?.['nodes']) ? event['nodes'] : [])

const hasKubectl = (): boolean => spawnSync('kubectl', ['version', '--client'], {stdio: 'ignore'}).status === 0
