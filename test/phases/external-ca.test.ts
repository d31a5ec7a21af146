import {describe, expect, it} from 'vitest'
import {CA_NAMES} from '../../src/domain/certificates.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {signedElsewhere} from '../../src/engine/workflows/refuse-unfit.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {podsOf} from '../../src/phases/control-plane/static-pods.ts'
import {sampleContext, stepsOn} from './sample-context.ts'

const templates = readTemplates()

describe('a bare control plane that joins a cluster whose CAs have their keys elsewhere', () => {
  const context = sampleContext(templates, {on: 'second', elsewhere: CA_NAMES})
  const idsAt = (path: string): readonly string[] =>
    stepsOn(applyPhases, 'second')
      .filter(step => step.path === path)
      .flatMap(({phase}) => phase.resources?.(context) ?? [])
      .map(({id}) => id)

  it('gets only the certificates of the CAs, and no keys', () => {
    const shared = idsAt('control-plane-join/certs/shared')
    for (const path of ['ca.crt', 'front-proxy-ca.crt', 'etcd/ca.crt'])
      expect(shared).toContain(`shared-file:/etc/kubernetes/pki/${path}`)
    expect(shared.filter(id => id.startsWith('certificate:'))).toEqual([])
  })

  it('has its signed files judged before the run', () => {
    const ids = signedElsewhere(stepsOn(applyPhases, 'second'), context).map(({id}) => id)
    expect(ids.filter(id => id.startsWith('certificate:'))).toHaveLength(7)
    expect(ids.filter(id => id.startsWith('kubeconfig:'))).toHaveLength(4)
    expect(signedElsewhere(stepsOn(applyPhases, 'second'), {...context, elsewhere: undefined})).toEqual([])
  })

  it('has a controller manager that signs nothing', () => {
    const command = podsOf(context).controllerManager.spec.containers.flatMap(one => one.command ?? [])
    expect(command).toContain('--cluster-signing-key-file=')
  })
})
