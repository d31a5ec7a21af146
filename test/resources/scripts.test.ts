import {describe, expect, test} from 'vitest'
import {sh, type Script} from '../../src/remote/shell/shell.ts'
import {binary, binaryKind} from '../../src/resources/programs/binary.ts'
import {block, blockKind} from '../../src/resources/files/block.ts'
import {containerImages, containerImagesKind} from '../../src/resources/images/container-images.ts'
import {directory, directoryKind} from '../../src/resources/files/directory.ts'
import {file, fileKind} from '../../src/resources/files/file.ts'
import {hostNetwork, hostNetworkKind} from '../../src/resources/network/host-network.ts'
import {hostname, hostnameKind} from '../../src/resources/host/hostname.ts'
import {kernelModule, kernelModuleKind} from '../../src/resources/kernel/kernel-module.ts'
import type {Kind, ResourceBase} from '../../src/resources/core/kind.ts'
import {hostsFileEntry, hostsFileEntryKind} from '../../src/resources/host/hosts-file-entry.ts'
import {treeShell} from '../../src/resources/files/remove-tree.ts'
import {packages, packagesKind} from '../../src/resources/packages/packages.ts'
import {pulledImages, pulledImagesKind} from '../../src/resources/images/pulled-images.ts'
import {swapOff, swapOffKind} from '../../src/resources/swap/swap-off.ts'
import {sysctl, sysctlKind} from '../../src/resources/kernel/sysctl.ts'
import {unit, unitKind} from '../../src/resources/systemd/unit.ts'
import {wait, waitKind} from '../../src/resources/steps/wait.ts'

const why = 'a test needs it'
const ABSENT = {type: 'absent', missing: ['/etc/demo']} as const

/** All scripts of a kind for one resource as first found. */
function scripts<R extends ResourceBase, S>(kind: Kind<R, S>, resource: R, state: S): string {
  const parts: readonly (readonly [string, Script | undefined])[] = [
    ['look', kind.look(resource)],
    ['keep', kind.backup?.(resource, state)],
    ['act', kind.act(resource, state)],
    ['stage', kind.commitConfirm?.act(resource, state).stage],
    ['confirm', kind.commitConfirm?.act(resource, state).confirm],
    ['undo', kind.revert(resource, kind.ledgerState?.(resource, state) ?? state)],
    ['confirm undo', kind.commitConfirm?.revert(resource, state).confirm],
    ['settle', kind.afterRevert?.(resource, state)],
  ]
  return parts.flatMap(([name, script]) => (script === undefined ? [] : [`### ${name}`, script.text, ''])).join('\n')
}

/** Has a golden file of its own. */
const TREE_SHELL = '# (here stands the shell of golden/remove-tree.sh)'

describe('the scripts that a host gets', () => {
  test.each<[string, string]>([
    ['file', scripts(fileKind, file({path: '/etc/demo/conf', content: 'a\n', why}), ABSENT)],
    ['directory', scripts(directoryKind, directory({path: '/etc/demo/d', why, tree: true}), ABSENT)],
    [
      'block',
      scripts(blockKind, block({path: '/etc/hosts', name: 'nodes', lines: '10.0.0.1 a', why}), {type: 'no-block'}),
    ],
    [
      'binary',
      scripts(binaryKind, binary({path: '/usr/bin/kubelet', sha256: 'ab', staged: '/var/lib/kadm/stage/ab', why}), {
        type: 'absent',
        missing: [],
      }),
    ],
    [
      'container-images',
      scripts(
        containerImagesKind,
        containerImages({
          name: 'v1',
          why,
          images: [
            {ref: 'registry.k8s.io/pause:3.10', configDigest: 'sha256:1', staged: '/stage/a', upload: undefined},
          ],
        }),
        {unavailable: undefined, images: []},
      ),
    ],
    [
      'unit',
      scripts(unitKind, unit({name: 'kubelet.service', restartWhenNewer: ['/var/lib/kubelet/config.yaml'], why}), {
        exists: true,
        active: 'inactive',
        sub: 'dead',
        enabled: 'disabled',
        needsReload: false,
        newer: undefined,
      }),
    ],
    ['sysctl', scripts(sysctlKind, sysctl({key: 'net.ipv4.ip_forward', value: '1', why}), {value: '0'})],
    ['kernel-module', scripts(kernelModuleKind, kernelModule({name: 'br_netfilter', why}), {present: false})],
    [
      'swap-off',
      scripts(
        swapOffKind,
        swapOff({
          source: {
            kind: 'fstab',
            device: 'UUID=1-2',
            path: '/dev/sda3',
            line: 'UUID=1-2 none swap sw 0 0',
            active: true,
            unit: 'dev-sda3.swap',
          },
          why,
        }),
        {
          active: true,
          line: true,
          units: [{name: 'dev-sda3.swap', exists: true, active: false, off: false, own: false}],
        },
      ),
    ],
    [
      'swap-off-own-unit',
      scripts(
        swapOffKind,
        swapOff({
          source: {kind: 'unit', unit: 'data-swap.swap', device: '/data/my swap', path: '/data/my swap', active: true},
          why,
        }),
        {
          active: true,
          line: false,
          units: [{name: 'data-swap.swap', exists: true, active: true, off: false, own: true}],
        },
      ),
    ],
    [
      'hostname',
      scripts(hostnameKind, hostname({name: 'master', why}), {
        running: 'debian',
        file: ABSENT,
      }),
    ],
    [
      'hosts-file-entry',
      scripts(hostsFileEntryKind, hostsFileEntry({path: '/etc/hosts', name: 'worker-1.lan', why}), {
        lines: ['127.0.1.1 worker-1.lan'],
      }),
    ],
    [
      'host-network',
      scripts(
        hostNetworkKind,
        hostNetwork({
          path: '/etc/netplan/90-kadm.yaml',
          text: 'network: {}\n',
          interfaces: {eth1: {addresses: ['10.0.0.1/24'], gateway: '10.0.0.254', mtu: 1400}},
          why,
        }),
        {
          netplan: true,
          file: ABSENT,
          interfaces: {eth1: {up: false, mtu: 1500, addresses: [{address: '10.0.0.7/24', dynamic: true}]}},
        },
      ),
    ],
    [
      'packages',
      scripts(
        packagesKind,
        packages({name: 'kubernetes', packages: [{name: 'kubelet', release: '1.37.2', held: true}], why}),
        {installed: []},
      ),
    ],
    [
      'pulled-images',
      scripts(pulledImagesKind, pulledImages({name: 'control-plane', refs: ['registry.k8s.io/pause:3.10'], why}), {
        unavailable: undefined,
        missing: ['registry.k8s.io/pause:3.10'],
      }),
    ],
    [
      'wait',
      scripts(
        waitKind,
        wait({name: 'api', title: 'the API server', check: sh`true`, deadlineMs: 60_000, evidence: sh`echo no`, why}),
        {
          holds: false,
          seen: '',
        },
      ),
    ],
  ])('for %s', async (name, text) => {
    await expect(text.replaceAll(treeShell.text, TREE_SHELL)).toMatchFileSnapshot(`golden/${name}.sh`)
  })
})

test('the shell that removes trees', async () => {
  await expect(`${treeShell.text}\n`).toMatchFileSnapshot('golden/remove-tree.sh')
})
