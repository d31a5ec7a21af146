import {expect, test} from 'vitest'
import {CHANGED_FILES, WRITTEN_FILES, WRITTEN_FOLDERS} from '../../src/domain/written-paths.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {sampleContext, stepsOn} from './sample-context.ts'

const templates = readTemplates()

/** What others cannot have put there: it lies in a folder of these, or is made by a running cluster. */
const OF_FOLDERS = [
  '/etc/kubernetes/pki/',
  '/etc/containerd/certs.d',
  '/var/lib/cni',
  '/opt/containerd',
  '/run/',
  '/var/log/',
  '/home/',
]
/** Only where something else asks for it. */
const AT_TIMES = ['/etc/cloud/cloud.cfg.d/99-kadm.cfg', '/etc/netplan/60-kadm.yaml', '/etc/apt/', '/etc/ssl/']

test.each(['master', 'worker'] as const)('preflight knows every file and folder that is written on a %s', on => {
  const context = sampleContext(templates, {sample: 'vm', on})
  const resources = stepsOn(applyPhases, on)
    .filter(({phase}) => (phase.when?.(context) ?? true) === true)
    .flatMap(({phase}) => phase.resources?.(context) ?? [])
  const written = resources.flatMap(resource =>
    'path' in resource && ['file', 'directory', 'block', 'kubeconfig', 'hosts-file-entry'].includes(resource.kind)
      ? [resource.path]
      : [],
  )
  const known: readonly string[] = [...CHANGED_FILES, ...WRITTEN_FILES, ...WRITTEN_FOLDERS]

  expect(written.length).toBeGreaterThan(10)
  expect(
    written.filter(
      path => !known.includes(path) && ![...OF_FOLDERS, ...AT_TIMES].some(start => path.startsWith(start)),
    ),
  ).toEqual([])
})
