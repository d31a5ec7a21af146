import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {AGNHOST_IMAGE} from '../../src/domain/releases.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {clusterYaml, kubectl} from '../e2e/vm-pair.ts'

const MIB = 1024 * 1024
const SWAP_MIB = 1024

const WITH_SWAP = String.raw`
fallocate -l ${SWAP_MIB}M /swap.img; chmod 600 /swap.img; mkswap /swap.img >/dev/null
printf '/swap.img\tnone\tswap\tsw\t0\t0\n' >> /etc/fstab; swapon /swap.img
systemctl daemon-reload`

const REQUESTED_MIB = 256

/** Wants 100 MiB more than it may have in memory, of which it may swap out its share of the node's swap. */
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
        args: ['stress', '--mem-total=372Mi', '--mem-alloc-size=4Mi', '--mem-alloc-sleep=200ms'],
        resources: {requests: {memory: `${REQUESTED_MIB}Mi`}, limits: {memory: '300Mi'}},
      },
    ],
  },
})

/** What a pod that asks for no memory (BestEffort) may swap, and what the greedy one may and does, in bytes. */
const SWAP_OF_PODS = String.raw`
cd /sys/fs/cgroup/kubepods.slice
of() { for file in "$1"/*pod"$(echo "$2" | tr - _)".slice/cri-containerd-*.scope/"$3"; do cat "$file"; done | sort -n | tail -1; }
uid=$(kubectl --kubeconfig /etc/kubernetes/admin.conf get pod greedy -o jsonpath='{.metadata.uid}')
of kubepods-burstable.slice "$uid" memory.swap.max
of kubepods-burstable.slice "$uid" memory.swap.current
for file in kubepods-besteffort.slice/*.slice/cri-containerd-*.scope/memory.swap.max; do cat "$file"; done | sort -n | tail -1`

describe('a VM that keeps its swap', () => {
  let lab: TestLab

  beforeAll(async () => {
    lab = await testLab('release-vm-swap-keep', ['master'], {
      driver: 'qemu',
      vm: {cards: 'virtualbox', cpus: 2, memoryMib: 3072},
    })
    await lab.must('master', 'sudo sh', WITH_SWAP)
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
    await lab.must('master', 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f -', GREEDY)
    const memoryKib = Number((await lab.must('master', "awk '/^MemTotal/ {print $2}' /proc/meminfo")).trim())
    const share = (REQUESTED_MIB / (memoryKib / 1024)) * SWAP_MIB * MIB

    await vi.waitFor(
      async () => {
        const [may = 0, does = 0, bestEffort] = (await lab.must('master', 'sudo sh', SWAP_OF_PODS))
          .split('\n')
          .map(Number)
        expect(may / share).toBeGreaterThan(0.97)
        expect(may / share).toBeLessThan(1.03)
        expect(does).toBeGreaterThan(32 * MIB)
        expect(bestEffort).toBe(0)
      },
      {timeout: 300_000, interval: 5000},
    )
    expect(await kubectl(lab, "get pod greedy -o jsonpath='{.status.phase}'")).toContain('Running')
  })
})
