import {describe, expect, it} from 'vitest'
import {enterCgroups, leaveCgroups, planCgroups} from '../../src/lab/drivers/cgroups.ts'

const V1 = `22 27 0:21 / /proc rw,relatime - proc proc rw
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`
const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot'

describe('planCgroups', () => {
  it('takes a group below our own in each hierarchy of v1, and in the v2 one beside them', () => {
    const selfCgroup = '4:memory:/some/where\n3:cpu,cpuacct:/\n2:name=systemd:/\n0::/'

    expect(planCgroups({mountinfo: V1, selfCgroup, systemd: false}, 'kadm-1', 'master')).toEqual({
      kind: 'v1',
      groups: [
        '/sys/fs/cgroup/cpu,cpuacct/kadm-1/master',
        '/sys/fs/cgroup/memory/some/where/kadm-1/master',
        '/sys/fs/cgroup/systemd/kadm-1/master',
        '/sys/fs/cgroup/unified/kadm-1/master',
      ],
    })
  })

  it('leaves it to systemd on v2', () => {
    expect(planCgroups({mountinfo: V2, selfCgroup: '0::/user.slice', systemd: true}, 'kadm-1', 'master')).toEqual({
      kind: 'systemd',
      unit: 'kadm-1-master.service',
    })
  })

  it('makes one group on v2 without systemd', () => {
    expect(planCgroups({mountinfo: V2, selfCgroup: '0::/', systemd: false}, 'kadm-1', 'master')).toEqual({
      kind: 'v2',
      root: '/sys/fs/cgroup',
      group: '/sys/fs/cgroup/kadm-1/master',
    })
  })
})

describe('the scripts', () => {
  const v1 = {kind: 'v1', groups: ['/sys/fs/cgroup/cpu/kadm-1/master']} as const
  const v2 = {kind: 'v2', root: '/sys/fs/cgroup', group: '/sys/fs/cgroup/kadm-1/master'} as const

  it.each([
    ['v1', v1],
    ['v2', v2],
  ])('enter and leave the groups of %s', async (name, plan) => {
    await expect(`${enterCgroups(plan).text}\n\n${leaveCgroups(plan).text}\n`).toMatchFileSnapshot(
      `golden/cgroups-${name}.sh`,
    )
  })
})
