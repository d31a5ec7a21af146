import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn, errorsIn} from '../e2e/told.ts'

const NODES = ['master', 'worker-1']

/** A pod that may not be disturbed, and one that nobody makes again. */
const GUARDED = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: guarded, namespace: default}
spec:
  selector: {matchLabels: {app: guarded}}
  template:
    metadata: {labels: {app: guarded}}
    spec: {containers: [{name: pause, image: 'registry.k8s.io/pause:3.10.2', imagePullPolicy: IfNotPresent}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: guarded, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: guarded}}}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: default}
spec: {nodeName: worker-1, containers: [{name: pause, image: 'registry.k8s.io/pause:3.10.2', imagePullPolicy: IfNotPresent}]}
`

describe('a cluster whose machines reboot', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await testLab('e2e-reboot', NODES)
    await lab.write('kadm.yaml', labClusterYaml(lab.lab))
    await measured('kadm apply', () => lab.kadmDone(['apply']))
    await lab.must('master', 'kubectl apply -f -', GUARDED)
    await lab.must('master', 'kubectl rollout status --timeout=120s deployment/guarded')
  })
  afterAll(() => lab.down())

  const bootIds = (): Promise<readonly string[]> =>
    Promise.all(NODES.map(machine => lab.must(machine, 'cat /proc/sys/kernel/random/boot_id')))
  const unschedulable = (): Promise<string> =>
    lab.must('master', `kubectl get nodes -o jsonpath='{.items[*].spec.unschedulable}'`)

  it('is asked first', async () => {
    const answer = await lab.kadm(['verify', '--reboot', '--json'])

    expect(answer.code).toBe(2)
    expect(errorsIn(answer.events)).toMatchObject([
      {
        message: expect.stringMatching(/Reboot master, worker-1 \(one by one, each drained first\)/) as unknown,
        hint: expect.stringContaining('--yes') as unknown,
      },
    ])
  })

  it('names the disruption budget that holds a node up, and that node is as it was', async () => {
    const before = await bootIds()
    const answer = await lab.kadm([
      'verify',
      '--reboot',
      '--yes',
      '--drain-timeout',
      '5s',
      '--json',
      'worker-1',
      '-f',
      'kadm.yaml',
    ])

    expect(answer.code).toBe(6)
    expect(errorsIn(answer.events)).toMatchObject([
      {
        code: 'timeout',
        host: 'worker-1',
        message: expect.stringMatching(
          /was not rebooted: .*guarded-.*: the disruption budget guarded needs /,
        ) as unknown,
        hint: expect.stringContaining('--drain never') as unknown,
      },
    ])
    expect(await bootIds()).toEqual(before)
    expect(await unschedulable()).toBe('')
  })

  it('sees every machine come back alone, and all of them together', async () => {
    const before = await bootIds()
    await lab.must('master', 'kubectl delete pdb guarded')

    const {stdout} = await measured('kadm verify --reboot --all-at-once', () =>
      lab.kadmDone(['verify', '--reboot', '--all-at-once', '--yes']),
    )
    console.log(stdout)

    for (const round of ['alone', 'all at once'])
      for (const node of NODES) expect(stdout).toMatch(new RegExp(`^${round} +${node}( +[\\dms. ]+s){3} +yes$`, 'm'))
    expect(stdout).toContain('ok  worker-1: swap')
    expect(stdout).toContain('ok  all at once, cluster: DNS inside the cluster')
    expect(stdout).toContain('ok  master, cluster: etcd')
    expect(stdout).not.toMatch(/^(failed|skipped)/m)
    const after = await bootIds()
    expect(after.filter((id, i) => id === before[i])).toEqual([])
    expect(await unschedulable()).toBe('')
    expect(await lab.must('master', 'kubectl get pod alone -o jsonpath={.status.phase}')).toBe('Running')
    expect(await lab.must('master', 'kubectl get namespaces')).not.toContain('kadm-verify')
  })

  it('finds nothing to change afterwards', async () => {
    const {events} = await lab.kadmDone(['apply', '--json'])

    expect(changedIn(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({type: 'result', changes: 0})
  })
})
