import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {KADM_DIR} from '../../src/domain/paths.ts'
import {rememberKernelSettings, restoreKernelSettings} from '../../src/phases/shared/kernel-memory.ts'
import {podLinksGone, podsStopped} from '../../src/phases/shared/node-residue.ts'
import {packetFilterCleared} from '../../src/phases/shared/packet-filter.ts'
import type {CleanupResource} from '../../src/resources/steps/cleanup.ts'
import {baselineKind} from '../../src/resources/steps/baseline.ts'
import {workbenches, type Workbench} from '../resources/shell-runner.ts'

const workbench = workbenches()

/** Runs both halves with /proc, /sys and kadm's folder in a temporary folder; `kill` only writes down whom it is told to end. */
function residue(bench: Workbench, resource: Pick<CleanupResource, 'remains' | 'clear'>) {
  const moved = (text: string): string =>
    ['/proc', '/sys/', KADM_DIR].reduce(
      (script, dir) => script.replaceAll(new RegExp(`(?<![\\w/])${dir}`, 'g'), bench.root + dir),
      text,
    )
  const run = (text: string): string => {
    const {code, stdout, stderr} = bench.run(
      `kill() { echo "kill $*" >>${bench.root}/calls; }\nsleep() { :; }\n( set -eu; ${moved(text)}\n) </dev/null`,
    )
    if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`)
    return stdout.trim()
  }
  return {remains: () => run(resource.remains), clear: () => run(resource.clear)}
}

const put = (bench: Workbench, path: string, text: string): void => {
  mkdirSync(dirname(join(bench.root, path)), {recursive: true})
  writeFileSync(join(bench.root, path), text)
}
const read = (bench: Workbench, path: string): string => readFileSync(join(bench.root, path), 'utf8')

describe('pods that are still present', () => {
  const process = (bench: Workbench, pid: number, words: readonly string[], children = ''): void => {
    put(bench, `proc/${pid}/cmdline`, words.map(word => `${word}\0`).join(''))
    put(bench, `proc/${pid}/task/${pid}/children`, children)
  }
  const scene = (): Workbench => {
    const bench = workbench()
    process(bench, 7, ['/usr/local/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', 'a'], '8 9 ')
    process(bench, 20, ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'moby', '-id', 'b'], '21 ')
    process(bench, 30, ['grep', 'containerd-shim', '-namespace', 'k8s.io'])
    return bench
  }

  test('are counted by their shims, and those of other programs are not', () => {
    const bench = scene()

    expect(residue(bench, podsStopped()).remains()).toBe('1 pods')
  })

  test('are ended by hand where the runtime does not answer: what runs in them first, then the shim', () => {
    const bench = scene()
    bench.stub('ctr', 'exit 1')

    residue(bench, podsStopped()).clear()

    expect(
      read(bench, 'calls')
        .split('\n')
        .filter(line => line.startsWith('kill')),
    ).toStrictEqual(['kill -9 8', 'kill -9 9', 'kill -9 7'])
  })
})

test('only links of the pod network are taken away', () => {
  const bench = workbench()
  bench.stub('ip')
  for (const link of ['cni0', 'eth0', 'flannel.1']) put(bench, `sys/class/net/${link}/mtu`, '1500')
  const links = residue(bench, podLinksGone())

  expect(links.remains()).toBe('cni0\nflannel.1')
  links.clear()
  expect(read(bench, 'calls')).toBe('ip link delete cni0\nip link delete flannel.1\n')
})

describe('rules of Kubernetes', () => {
  const RULES = `*filter
:INPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
-A INPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL -j DROP
-A INPUT -p tcp --dport 22 -m comment --comment "of the owner" -j ACCEPT
COMMIT
`
  const scene = (): Workbench => {
    const bench = workbench()
    put(bench, 'rules', RULES)
    bench.stub('iptables-save', `cat ${bench.root}/rules`)
    bench.stub('iptables-restore', `cat >${bench.root}/given`)
    bench.stub('ip6tables-save', 'printf "*filter\\n:INPUT ACCEPT [0:0]\\nCOMMIT\\n"')
    bench.stub('ip6tables-restore', 'echo "nothing is to be restored" >&2; exit 1')
    bench.stub(
      'nft',
      `case "$1 $4" in
"list raw") printf 'table %s raw {\\n\\tchain PREROUTING {\\n\\t\\ttype filter hook prerouting priority raw; policy accept;\\n\\t}\\n}\\n' "$3";;
"list filter") printf 'table %s filter {\\n\\tchain INPUT {\\n\\t\\ttcp dport 22 accept\\n\\t}\\n}\\n' "$3";;
delete*) ;;
*) exit 1;;
esac`,
    )
    return bench
  }

  test('are removed, and those of other programs are not touched', () => {
    const bench = scene()
    const filter = residue(bench, packetFilterCleared())

    expect(filter.remains()).toBe('3 rules of ip\nempty table ip raw\nempty table ip6 raw')
    filter.clear()

    expect(read(bench, 'calls')).toContain('iptables-restore --noflush\n')
    expect(read(bench, 'given')).toBe(`*filter
:KUBE-FIREWALL - [0:0]
-D INPUT -j KUBE-FIREWALL
-X KUBE-FIREWALL
COMMIT
`)
    expect(
      read(bench, 'calls')
        .split('\n')
        .filter(line => line.startsWith('nft delete')),
    ).toStrictEqual(['nft delete table ip raw', 'nft delete table ip6 raw'])
  })
})

describe('settings that Kubernetes changes in the kernel', () => {
  test('are noted once, before it runs, and put back as they were', () => {
    const bench = workbench()
    put(bench, 'proc/sys/vm/overcommit_memory', '0\n')
    put(bench, 'proc/sys/kernel/panic', '-1\n')
    put(bench, 'var/lib/kadm/x', '')
    const note = rememberKernelSettings()
    const remember = residue(bench, {
      remains: baselineKind.look(note).text,
      clear: baselineKind.act(note, {isKept: false}).text,
    })
    const restore = residue(bench, restoreKernelSettings())

    expect(restore.remains()).toBe('')
    expect(baselineKind.diff(note, baselineKind.parse(remember.remains(), note))).toBe('not saved yet')
    remember.clear()
    expect(baselineKind.diff(note, baselineKind.parse(remember.remains(), note))).toBeUndefined()
    put(bench, 'proc/sys/vm/overcommit_memory', '1\n')
    expect(restore.remains()).toBe('vm/overcommit_memory')
    restore.clear()

    expect(restore.remains()).toBe('')
    expect(read(bench, 'proc/sys/vm/overcommit_memory')).toBe('0\n')
    expect(read(bench, 'proc/sys/kernel/panic')).toBe('-1\n')
  })
})
