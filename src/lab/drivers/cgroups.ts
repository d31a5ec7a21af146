import {concat, type Script, sh} from '../../remote/shell/shell.ts'

/** Where a machine's control groups are: its cgroup namespace is rooted there, or all machines would share one `/kubepods`. */
export type CgroupPlan =
  /** Groups made by hand; with v1, one in every hierarchy. */
  | {readonly kind: 'v1'; readonly groups: readonly string[]}
  | {readonly kind: 'v2'; readonly root: string; readonly group: string}
  /** systemd gives the machine's unit a delegated group on v2. */
  | {readonly kind: 'systemd'; readonly unit: string}

export interface CgroupFacts {
  readonly mountinfo: string
  readonly selfCgroup: string
  readonly systemd: boolean
}

interface Hierarchy {
  readonly mountPoint: string
  readonly type: 'cgroup' | 'cgroup2'
  /** `cpu`, `name=systemd`, …; empty for v2. */
  readonly controllers: readonly string[]
}

/** Pure: where the groups of machine `name` of lab `tag` go, on a kernel with these mounts. */
export function planCgroups(facts: CgroupFacts, tag: string, name: string): CgroupPlan {
  const hierarchies = parseMounts(facts.mountinfo)
  const legacy = hierarchies.filter(hierarchy => hierarchy.type === 'cgroup')
  const unified = hierarchies.find(hierarchy => hierarchy.type === 'cgroup2')
  if (legacy.length > 0) {
    const own = parseOwn(facts.selfCgroup)
    return {
      kind: 'v1',
      groups: hierarchies.map(one => [one.mountPoint, ...below(own, one), tag, name].join('/')),
    }
  }
  if (facts.systemd) return {kind: 'systemd', unit: `${tag}-${name}.service`}
  const root = unified?.mountPoint ?? '/sys/fs/cgroup'
  return {kind: 'v2', root, group: `${root}/${tag}/${name}`}
}

/** Below our own group: what limits us limits the machines, and other people's groups are left alone. */
function below(own: ReadonlyMap<string, string>, hierarchy: Hierarchy): readonly string[] {
  const path = own.get(hierarchy.controllers.join(',')) ?? '/'
  return path.split('/').filter(part => part !== '' && part !== '..')
}

function parseMounts(mountinfo: string): readonly Hierarchy[] {
  const found = new Map<string, Hierarchy>()
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const mountPoint = before.split(' ')[4]
    const [type, , options = ''] = after.split(' ')
    if (mountPoint === undefined || (type !== 'cgroup' && type !== 'cgroup2')) continue
    const words =
      type === 'cgroup2'
        ? []
        : options.split(',').filter(word => !['rw', 'ro', 'xattr', 'clone_children'].includes(word))
    const controllers = words.filter(word => !word.startsWith('release_agent='))
    if (!found.has(controllers.join(','))) found.set(controllers.join(','), {mountPoint, type, controllers})
  }
  return [...found.values()]
}

const parseOwn = (selfCgroup: string): ReadonlyMap<string, string> =>
  new Map(
    selfCgroup
      .split('\n')
      .map(line => /^\d+:([^:]*):(.*)$/.exec(line))
      .map(match => [match?.[1] ?? '', match?.[2] ?? '/'] as const)
      .reverse(),
  )

/** Finds, from the running shell's own group, the one that systemd gave to the unit. */
const UNIT_GROUP = sh`unit=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup | sed 's,/keeper$,,')`

/**
 * For the supervisor, before the first start. In a unit's group it must step aside into one of its own: a group of v2 that has
 * processes hands no controller on.
 */
export const prepareCgroups = (plan: CgroupPlan): Script =>
  plan.kind !== 'systemd'
    ? sh`:`
    : sh`
${UNIT_GROUP}
mkdir -p "$unit/keeper" "$unit/machine"
echo $$ > "$unit/keeper/cgroup.procs"
for controller in $(cat "$unit/cgroup.controllers"); do
  echo "+$controller" > "$unit/cgroup.subtree_control" || :
done`

/** Makes the groups and moves the running shell into them. */
export function enterCgroups(plan: CgroupPlan): Script {
  if (plan.kind === 'systemd') {
    return sh`
${UNIT_GROUP}
mkdir -p "$unit/machine"
echo $$ > "$unit/machine/cgroup.procs"`
  }
  if (plan.kind === 'v2') return enterV2(plan)
  return concat([
    sh`
# A new cpuset group can use no processor until its processors are set, from the top down.
fill() {
  for file in cpuset.cpus cpuset.mems; do
    if [ -e "$1/$file" ] && [ -z "$(cat "$1/$file")" ]; then cat "$(dirname "$1")/$file" > "$1/$file"; fi
  done
  if [ -e "$1/cgroup.clone_children" ] && [ -e "$1/cpuset.cpus" ]; then echo 1 > "$1/cgroup.clone_children"; fi
}`,
    ...plan.groups.map(
      group => sh`
mkdir -p ${group}
fill ${group.replace(/\/[^/]+$/, '')}
fill ${group}
echo $$ > ${`${group}/cgroup.procs`}`,
    ),
  ])
}

function enterV2(plan: {readonly root: string; readonly group: string}): Script {
  const parent = plan.group.replace(/\/[^/]+$/, '')
  return sh`
mkdir -p ${plan.group}
for controller in $(cat ${`${plan.root}/cgroup.controllers`}); do
  echo "+$controller" > ${`${plan.root}/cgroup.subtree_control`} || :
  echo "+$controller" > ${`${parent}/cgroup.subtree_control`} || :
done
echo $$ > ${`${plan.group}/cgroup.procs`}`
}

/** For the supervisor, after each run: a machine that boots again must find its group empty. */
export const clearCgroups = (plan: CgroupPlan): Script =>
  plan.kind === 'systemd'
    ? sh`
${UNIT_GROUP}
find "$unit/machine" -depth -type d -exec rmdir {} + 2>/dev/null || :`
    : leaveCgroups(plan)

/** Removes a machine's groups with all that its pods left below them; the lab's own group goes with its last machine. */
export function leaveCgroups(plan: CgroupPlan): Script {
  // systemd removes a unit's group with all below it.
  if (plan.kind === 'systemd') return sh`:`
  const groups = plan.kind === 'v2' ? [plan.group] : plan.groups
  return sh`
for group in ${groups}; do
  [ -d "$group" ] || continue
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :
  rmdir "$(dirname "$group")" 2>/dev/null || :
done`
}
