import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {AGNHOST_IMAGE} from '../../src/domain/releases.ts'
import {differences, snapshot, type Snapshot} from '../e2e/snapshot.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {asInstalled, LEFT_WITH_UFW} from '../e2e/vm-as-installed.ts'
import {clusterYaml, kubectl, KUBECTL} from '../e2e/vm-pair.ts'

const MIB = 1024 * 1024
const SWAP_MIB = 1024
const REQUESTED_MIB = 256

/** With the pages of its program it is some 60 MiB more than it may have in memory; its share of the node's swap is 90 MiB. */
const GREEDY = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'greedy', namespace: 'default'},
  spec: {
    tolerations: [{operator: 'Exists'}],
    restartPolicy: 'Never',
    containers: [
      {
        name: 'greedy',
        image: AGNHOST_IMAGE,
        args: ['stress', '--mem-total=310Mi', '--mem-alloc-size=4Mi', '--mem-alloc-sleep=200ms'],
        resources: {requests: {memory: `${REQUESTED_MIB}Mi`}, limits: {memory: '300Mi'}},
      },
    ],
  },
})

/** What the greedy pod may swap and does, and the most that one which asks for no memory (BestEffort) may; in bytes. */
const SWAP_OF_PODS = String.raw`
cd /sys/fs/cgroup/kubepods.slice
id=$(${KUBECTL} get pod greedy \
  -o jsonpath='{.status.containerStatuses[0].containerID}' | sed 's|containerd://||')
cd kubepods-burstable.slice/*/cri-containerd-"$id".scope || exit 0
cat memory.swap.max memory.swap.current
for id in $(${KUBECTL} get pods -A -o jsonpath='{range .items[?(@.status.qosClass=="BestEffort")]}{.status.containerStatuses[*].containerID}{" "}{end}' | sed 's|containerd://||g'); do
  cat /sys/fs/cgroup/kubepods.slice/kubepods-besteffort.slice/*/cri-containerd-"$id".scope/memory.swap.max
done | sort -n | tail -1`

describe('a VM that keeps its swap', () => {
  let lab: TestLab
  let bare: Snapshot

  beforeAll(async () => {
    lab = await testLab('release-vm-swap-keep', ['master'], {
      driver: 'qemu',
      vm: {cards: 'virtualbox', cpus: 2, memoryMib: 3072},
    })
    await lab.must('master', 'sudo sh', asInstalled(SWAP_MIB))
    bare = await snapshot(lab, 'master')
    await lab.write('kadm.yaml', clusterYaml(lab, ['master'], ['swap: keep']))
  })
  afterAll(() => lab.down())

  it('becomes a node with its swap on, and a second run changes nothing', async () => {
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    expect(await lab.must('master', 'sed 1d /proc/swaps')).toContain('/swap.img')
    const {events} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])
    expect(events.at(-1)).toMatchObject({type: 'result', changes: 0})
  })

  it('gives a pod its share of it by what the pod asks for (KEP-2400), which the pod really uses', async () => {
    await kubectl(lab, 'apply -f -', GREEDY)
    const memoryKib = Number((await lab.must('master', "awk '/^MemTotal/ {print $2}' /proc/meminfo")).trim())
    const share = (REQUESTED_MIB / (memoryKib / 1024)) * SWAP_MIB * MIB

    await vi.waitFor(
      async () => {
        const [may = 0, does = 0, bestEffort] = (await lab.must('master', 'sudo sh', SWAP_OF_PODS))
          .split('\n')
          .map(Number)
        expect(may / share).toBeGreaterThan(0.97)
        expect(may / share).toBeLessThan(1.03)
        expect(does).toBeGreaterThan(24 * MIB)
        expect(bestEffort).toBe(0)
      },
      {timeout: 600_000, interval: 5000},
    )
    expect(await kubectl(lab, "get pod greedy -o jsonpath='{.status.phase}'")).toContain('Running')
  })

  it('is as it was after a reset, without a boot in between', async () => {
    await measured('kadm reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    expect(differences(bare, await snapshot(lab, 'master'), LEFT_WITH_UFW)).toEqual([])
    expect(await lab.must('master', 'sed 1d /proc/swaps')).toContain('/swap.img')
  })
})
