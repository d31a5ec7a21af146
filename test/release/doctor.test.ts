import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import type {Diagnosis} from '../../src/diagnose/diagnosis.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import type {Broken, Place} from './broken.ts'
import {BROKEN} from './broken-states.ts'

/** Longer than any complaint may outlive its cause. */
const FORGOTTEN_MS = 100_000

const IN_CLUSTER = 'cluster'
const DONE = [0, '']

interface Told extends Diagnosis {
  readonly place: string
}

interface Report {
  readonly hosts?: readonly {readonly host: string; readonly diagnoses: readonly Diagnosis[]}[]
  readonly cluster?: {readonly diagnoses: readonly Diagnosis[]}
}

/** A text whose ages do not grow between two commands. */
const ageless = (text: string): string => text.replaceAll(/\bfor \d[\d a-z]*/g, 'for some time')

describe('a person with a broken cluster, who types what doctor prints', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await testLab('doctor-fixes', ['master', 'worker-1'])
    await lab.write('kadm.yaml', labClusterYaml(lab.lab))
    await measured('kadm apply', () => lab.kadmDone(['apply']))
  })
  afterAll(() => lab.down())

  /** What is reported of the machines, and then of the cluster; without a name, of all that the file names. */
  const ask = async (machine?: string): Promise<readonly Told[]> => {
    const {stdout} = await lab.kadm(['doctor', ...(machine === undefined ? [] : [lab.target(machine)]), '--json'])
    const report = stdout
      .split('\n')
      .map(line => line.trim())
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Report)
      .find(({hosts}) => hosts !== undefined)
    if (report === undefined) throw new Error(`no report in:\n${stdout}`)
    const {hosts = [], cluster} = report
    return [...hosts, ...(cluster === undefined ? [] : [{host: IN_CLUSTER, ...cluster}])].flatMap(({host, diagnoses}) =>
      diagnoses.map(diagnosis => ({...diagnosis, place: host})),
    )
  }

  const onMachine = (place: Place): string => (place === IN_CLUSTER ? 'master' : place)

  /** Its exit code, and all that it said where that is not 0. */
  const type = async (place: Place, command: string): Promise<readonly [code: number, said: string]> => {
    const [program, ...args] = command.split(' ')
    // A person types kadm where they are, and the rest on the machine; what is about the cluster, on its control plane.
    const {code, stdout, stderr} =
      program === 'kadm'
        ? await lab.kadm(args[0] === 'init' ? ['apply'] : args)
        : await lab.on(onMachine(place), command)
    return [code ?? -1, code === 0 ? '' : `${stdout}${stderr}`]
  }

  /** What is typed stands between backticks. An editor waits for a person. */
  const commandsOf = ({fix}: Diagnosis): readonly string[] => [
    ...new Set(
      [...fix.matchAll(/`([^`]+)`/g)]
        .map(([, command = '']) => command)
        .filter(command => /^(?:sudo|kubectl|kadm (?:apply|init))/.test(command) && !/ edit /.test(command)),
    ),
  ]

  /** A node that was deleted may get another range: the doctor says so next, and asks for its pods to be deleted by hand. */
  const namesAfter = async (): Promise<readonly string[]> => {
    const found = await ask()
    const range = found.find(({name}) => name === 'pod-addresses')
    if (range !== undefined) {
      await type('worker-1', commandsOf(range)[0] ?? '')
      await lab.must(
        'master',
        'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system delete pod --wait=false -l k8s-app=kube-dns',
      )
    }
    return found.map(({name, place}) => `${place}: ${name}`)
  }

  const breakIt = async ({place, how, brokenOn}: Broken): Promise<void> => {
    if (typeof how === 'function') await how(lab)
    else await lab.on(brokenOn ?? onMachine(place), 'sudo sh', how)
  }

  const repair = async (told: Told, {place, firstMayFail = false, everything = false}: Broken): Promise<void> => {
    const [command, ...more] = commandsOf(told)
    if (command === undefined) return
    const typed = await type(place, command)
    if (firstMayFail && typed[0] !== 0) expect(await type(place, more[0] ?? '')).toEqual(DONE)
    else expect([command, ...typed]).toEqual([command, ...DONE])
    if (everything) for (const next of more) expect([next, ...(await type(place, next))]).toEqual([next, ...DONE])
  }

  /** The exit code of status, and whether it names the machine or the cause. */
  const status = async ({
    cause,
    place,
  }: Told): Promise<{readonly code: number | undefined; readonly isNamed: boolean}> => {
    const {code, stdout, stderr} = await lab.kadm(['status'])
    // The node table names every machine; an error does not.
    return {code, isNamed: ageless(stdout + stderr).includes(ageless(cause)) || (place !== IN_CLUSTER && stderr.includes(place))}
  }

  const statusErrors = async (): Promise<string> => {
    const {code, stderr} = await lab.kadm(['status'])
    return code === 0 ? '' : `exit ${String(code)}: ${stderr}`
  }

  afterEach(async ({task}) => {
    if (task.result?.state === 'fail') await lab.kadm(['apply'])
  })

  it.each(['master', 'worker-1', undefined])('doctor reports nothing of %s while all is well', async machine => {
    expect(await ask(machine)).toEqual([])
  })

  it('status reports that all is well', async () => {
    await lab.kadmDone(['status'])
  })

  it.each(BROKEN.map(broken => [broken.name, broken.place, broken] as const))(
    '%s on %s is reported first, status fails, and the printed fix repairs it',
    async (name, place, broken) => {
      await breakIt(broken)
      const told = await ask()
      const [first] = told
      if (first === undefined) throw new Error(`nothing was found: ${JSON.stringify(lab.said.at(-1))}`)
      const shown = await status(first)

      const shownAt = broken.isShownByPods === true ? first.place : place
      expect([first.place, first.name]).toEqual([shownAt, name])
      // The other machine is well, and is not accused, unless its pods say the same; what follows in the cluster may be told beside it.
      const isSame = (one: Told): boolean => broken.isShownByPods === true && one.name === name
      expect(told.filter(one => one.place !== shownAt && one.place !== IN_CLUSTER && !isSame(one))).toEqual([])
      expect(shown.isNamed).toBe(true)
      expect(shown.code).toBeGreaterThan(0)
      const beside = told.slice(1).map(one => `${one.place}: ${one.name}`)
      if (beside.length > 0) console.log(`  beside ${name} on ${place}: ${beside.join(', ')}`)

      const by = broken.brokenOn ?? onMachine(place)
      if (broken.byHand !== undefined) await lab.must(by, 'sudo sh', broken.byHand)
      await repair(first, broken)
      if (broken.afterwards !== undefined) await lab.must(by, 'sudo sh', broken.afterwards)

      await expect.poll(namesAfter, {timeout: FORGOTTEN_MS, interval: 2000}).toEqual([])
      await expect.poll(statusErrors, {timeout: FORGOTTEN_MS, interval: 2000}).toBe('')
    },
  )
})
