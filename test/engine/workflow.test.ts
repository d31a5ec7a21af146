import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {resetWorkflow} from '../../src/engine/workflows/reset.ts'
import type {WorkflowOptions} from '../../src/engine/workflows/options.ts'
import {carryOutWorkflow, planWorkflow, preflightWorkflow} from '../../src/engine/workflows/workflow.ts'
import {select} from '../../src/phases/select.ts'
import type {Host} from '../../src/remote/host.ts'
import {sampleSpec} from '../phases/preflight/sample.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {workflowScene} from './workflow-scene.ts'

const CONTROL_PLANE = 'control-plane' as const
const OTHER = 'you@desk 9 2'
const closed = (did: readonly string[]) => did.filter(step => step.startsWith('close')).toSorted()
const touched = (did: readonly string[]) => did.filter(step => step.startsWith('run'))

describe('a workflow', () => {
  test('judges bare machines as they are, changes nothing, and hangs up', async () => {
    const {options, did} = workflowScene({master: {}})

    const findings = await preflightWorkflow(options)

    expect(findings.some(({severity}) => severity === 'error')).toBe(true)
    expect(touched(did)).toEqual([])
    expect(closed(did)).toEqual(['close master'])
  })

  test.each([
    ['carryOut', carryOutWorkflow],
    ['plan', planWorkflow],
  ])(
    '%s refuses what preflight calls an error, with all of it as evidence, before a machine is changed',
    async (_, run) => {
      const {options, did, events} = workflowScene({master: {}})

      const error: unknown = await run(options).catch((reason: unknown) => reason)

      expect(error).toMatchObject({
        code: 'preflight',
        message: expect.stringMatching(/^\d+ of \d+ checks failed; nothing was changed$/) as unknown,
      })
      expect(error instanceof KadmError && error.evidence).toMatch(/^master: \w+: /m)
      expect(touched(did)).toEqual([])
      expect(closed(did)).toEqual(['close master'])
      expect(events.some(({type}) => type === 'run-done')).toBe(false)
    },
  )

  describe.each([
    ['carryOut', carryOutWorkflow],
    ['plan', planWorkflow],
  ])('%s asks etcd before a machine is changed', (_, run) => {
    const askedFor = async (phase: string, files: readonly string[]) => {
      const scripts: string[] = []
      const noCertificates: Host['run'] = script => {
        scripts.push(script)
        return Promise.resolve({code: 66, stdout: '', stderr: 'no such file'})
      }
      const steps = select([{name: phase, title: phase, why: 'a test'}], [], [])
      const {options} = workflowScene({master: {files, run: noCertificates}}, {steps})
      await expect(run(options)).rejects.toThrow('checks failed; nothing was changed')
      return scripts.some(script => script.includes('healthcheck-client'))
    }
    const MEMBER = ['/etc/kubernetes/manifests/etcd.yaml']

    test('if a machine is a member and the run waits for etcd', async () => {
      expect(await askedFor('wait-control-plane', MEMBER)).toBe(true)
      expect(await askedFor('control-plane-join', MEMBER)).toBe(true)
    })

    test('but not for a new cluster, or for work on the host only', async () => {
      expect(await askedFor('wait-control-plane', [])).toBe(false)
      expect(await askedFor('hostname', MEMBER)).toBe(false)
    })
  })

  test('closes the machine that answered when another one cannot be reached', async () => {
    const down = new KadmError('connect', 'refused the connection')
    const {options, did} = workflowScene({master: {}, worker: {down}})

    await expect(carryOutWorkflow(options)).rejects.toBe(down)
    expect(closed(did)).toEqual(['close master'])
  })

  test('waits for a machine that is away for a moment while it is looked at', async () => {
    const {options, did} = workflowScene({master: {}, worker: {cuts: 30}}, {clock: fakeClock()})

    const findings = await preflightWorkflow(options)

    expect(findings.flatMap(({hosts}) => hosts)).toContain('worker')
    expect(touched(did)).toEqual([])
  })

  test.each([
    ['a worker', {master: {}, worker: {cuts: Infinity}}, ['worker'], 'master'],
    ['the first control plane', {master: {cuts: Infinity}, second: {}}, ['master'], 'second'],
  ])('continues without %s that is lost while it is looked at, where it may', async (_, machines, lost, left) => {
    const skipped: string[] = []
    const {options} = workflowScene(machines, {clock: fakeClock()})
    const hosts = options.cluster.hosts.map(host => ({
      ...host,
      role: host.name === 'worker' ? host.role : CONTROL_PLANE,
    }))
    const run = {...options, cluster: {...options.cluster, hosts}}

    await expect(preflightWorkflow(run)).rejects.toMatchObject({code: 'host-lost', host: lost[0]})
    const going = preflightWorkflow({...run, onSkipped: ({name = ''}) => skipped.push(name)})
    if (lost[0] === 'worker') expect((await going).flatMap(({hosts: on}) => on)).toContain(left)
    // The one that is left is bare, and the lost one may have the cluster.
    else await expect(going).rejects.toThrow('no control plane that answers is part of a cluster, and master')
    expect(skipped).toEqual(lost)
  })

  test('ends when the only control plane is lost while it is looked at', async () => {
    const {options} = workflowScene({master: {cuts: Infinity}, worker: {}}, {clock: fakeClock()})

    const going = preflightWorkflow({...options, onSkipped: () => expect.unreachable()})

    await expect(going).rejects.toMatchObject({code: 'host-lost', host: 'master'})
  })

  test('names every machine that cannot be reached', async () => {
    const down = (name: string) => ({down: new KadmError('connect', `${name} refused the connection`)})
    const {options} = workflowScene({master: down('master'), worker: down('worker')})

    const error: unknown = await carryOutWorkflow(options).catch((reason: unknown) => reason)

    expect(String(error instanceof Error && error.message)).toMatch(/master refused/)
    expect(String(error instanceof Error && error.message)).toMatch(/worker refused/)
  })

  test('refuses the bundle that lacks something before a machine is changed', async () => {
    const lacks = new KadmError('config', 'the bundle lacks kubelet')
    const asked: unknown[] = []
    const {options, did} = workflowScene(
      {master: {}, worker: {}},
      {
        command: 'init',
        checkBundle: use => {
          asked.push([...use.roles], use.isBrought)
          return Promise.reject(lacks)
        },
      },
    )

    await expect(
      carryOutWorkflow({...options, cluster: {...options.cluster, hosts: options.cluster.hosts.slice(0, 1)}}),
    ).rejects.toBe(lacks)
    expect(asked).toEqual([['control-plane'], true])
    expect(touched(did)).toEqual([])
  })

  test('needs a control plane to join to', async () => {
    const worker = sampleSpec({name: 'worker', role: 'worker'})
    const {options, did} = workflowScene({worker: {}})

    const joining = carryOutWorkflow({...options, cluster: {...options.cluster, hosts: [worker]}})

    await expect(joining).rejects.toMatchObject({code: 'usage', message: 'no control plane given'})
    expect(closed(did)).toEqual(['close worker'])
  })

  test('joins one machine by a token, not several', async () => {
    const joinTo = {
      kind: 'token',
      endpoint: '1.2.3.4:6443',
      token: 'a.b',
      caHashes: [],
      skipVerification: true,
    } as const
    const {options, did} = workflowScene({one: {}, two: {}}, {joinTo})

    await expect(carryOutWorkflow(options)).rejects.toMatchObject({
      code: 'usage',
      message: 'a join with a token works for one machine only',
    })
    expect(closed(did)).toEqual(['close one', 'close two'])
  })
})

describe('a machine that another run changes', () => {
  test.each([
    ['a run', carryOutWorkflow],
    ['a reset', (options: WorkflowOptions) => resetWorkflow({...options, remaining: undefined})],
  ])('is refused by %s, which says who it is', async (_, run) => {
    const {options, did} = workflowScene({master: {heldBy: OTHER}})

    await expect(run(options)).rejects.toMatchObject({
      code: 'lease',
      host: 'master',
      message: expect.stringContaining(`another kadm run holds the lock on master: ${OTHER}`) as unknown,
    })
    expect(touched(did)).toEqual([])
    expect(closed(did)).toEqual(['close master'])
  })

  test('is only reported by a run that reads', async () => {
    const {options, events} = workflowScene({master: {heldBy: OTHER}})

    await preflightWorkflow(options)

    expect(events).toContainEqual(
      expect.objectContaining({type: 'warning', host: 'master', message: expect.stringContaining(OTHER) as unknown}),
    )
  })

  test('counts as free when its holder is certainly gone, and when this run holds it', async () => {
    const gone = workflowScene({master: {heldBy: OTHER}}, {holder: {text: 'me@laptop 7 1', isGone: () => true}})
    const own = workflowScene({master: {heldBy: 'me@laptop 7 1'}})

    for (const {options} of [gone, own])
      await expect(carryOutWorkflow(options)).rejects.toMatchObject({code: 'preflight'})
  })

  test('is taken over only when that is asked for', async () => {
    const {options} = workflowScene({master: {heldBy: OTHER}}, {takeLease: true})

    await expect(carryOutWorkflow(options)).rejects.toMatchObject({code: 'preflight'})
  })
})

test('a reset asks the control plane that stays, without a look at it as at a machine that it resets', async () => {
  const {options, did} = workflowScene({worker: {heldBy: OTHER}})
  const remaining = sampleSpec({name: 'stays', role: 'control-plane'})

  await expect(resetWorkflow({...options, remaining})).rejects.toMatchObject({code: 'lease', host: 'worker'})

  expect(did).toContain('connect stays')
  expect(did.filter(step => /^(read|run) stays/.test(step))).toEqual([])
  expect(closed(did)).toEqual(['close stays', 'close worker'])
})
