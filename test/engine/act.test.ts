import {describe, expect, test} from 'vitest'
import {actScript, lastAct, ledgerName} from '../../src/engine/hosts/act.ts'
import {look, lookScript, parseLooks} from '../../src/engine/hosts/look.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {cleanup} from '../../src/resources/steps/cleanup.ts'
import {file} from '../../src/resources/files/file.ts'
import {treeShell} from '../../src/resources/files/remove-tree.ts'
import {unit} from '../../src/resources/systemd/unit.ts'
import {wait} from '../../src/resources/steps/wait.ts'
import {apply, NEVER} from './sample-run.ts'
import {ME, scratchHosts} from './scratch-host.ts'

const scratch = scratchHosts()
const why = 'a test needs it'

describe('the scripts that a host gets', () => {
  const demo = file({path: '/etc/demo.conf', content: 'a\n', why})
  const gone = cleanup({name: 'token', why, remains: sh`ls /tmp/token`, clear: sh`rm /tmp/token`})

  test('a look is one script, with a frame for each thing', async () => {
    await expect(`${lookScript([demo, gone]).text}\n`).toMatchFileSnapshot('golden/look.sh')
  })

  test('an act checks the fence, writes the ledger, acts and looks again', async () => {
    const changes = [
      {resource: demo, state: {type: 'absent', missing: []} as const},
      {resource: gone, state: {remains: ['/tmp/token']}},
    ]

    const text = actScript(changes, [demo, gone], 7).text.replaceAll(
      treeShell.text,
      '# (here stands the shell of remove-tree.ts)',
    )
    await expect(`${text}\n`).toMatchFileSnapshot('golden/act.sh')
  })

  test('the name of a ledger entry is readable, fit for a folder, and its own', () => {
    expect(ledgerName('file:/etc/hosts')).toMatch(/^file-etc-hosts-[0-9a-f]{8}$/)
    expect(ledgerName('file:/etc-hosts')).not.toBe(ledgerName('file:/etc/hosts'))
    expect(ledgerName(`file:/${'x/'.repeat(200)}`).length).toBeLessThan(100)
  })
})

describe('the answer to a look', () => {
  const one = cleanup({name: 'one', why, remains: sh`:`, clear: sh`:`})
  const two = cleanup({name: 'two', why, remains: sh`:`, clear: sh`:`})

  test('is taken apart by its frames, whatever order they come in', () => {
    const found = parseLooks({stdout: 'noise\u001e1\nleft\n\u001e0\n', stderr: ''}, [one, two], 'vm-1')

    expect(found.map(({resource, diff}) => [resource.id, diff])).toStrictEqual([
      ['cleanup:one', undefined],
      ['cleanup:two', 'left still present'],
    ])
  })

  test('names every look that failed', () => {
    expect(() =>
      parseLooks({stdout: '\u001e0\n\u001e!0 2\n\u001e1\n\u001e!1 1\n', stderr: ''}, [one, two], 'vm-1'),
    ).toThrow(
      expect.objectContaining({code: 'remote', host: 'vm-1', message: 'could not inspect cleanup:one, cleanup:two'}),
    )
  })

  test('that was cut off is not an answer', () => {
    expect(() => parseLooks({stdout: '\u001e0\n', stderr: ''}, [one, two], 'vm-1')).toThrow(
      'inspecting cleanup:two gave no result',
    )
  })

  test('goes with what the failed look itself said', async () => {
    const broken = cleanup({name: 'broken', why, remains: sh`echo 'no such table' >&2; exit 3`, clear: sh`:`})

    await expect(look(scratch().host, [one, broken], NEVER)).rejects.toMatchObject({
      code: 'remote',
      message: 'could not inspect cleanup:broken',
      evidence: expect.stringContaining('no such table') as string,
    })
  })

  test('is whole although a look reads stdin, where the script comes from', async () => {
    const greedy = cleanup({name: 'greedy', why, remains: sh`cat`, clear: sh`:`})

    expect((await look(scratch().host, [greedy, two], NEVER)).map(({diff}) => diff)).toStrictEqual([
      undefined,
      undefined,
    ])
  })
})

describe('changing a host', () => {
  test('makes it so, and then there is nothing left to change', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    const resources = [file({path: `${vm.root}/a/b.conf`, content: 'b\n', owner: ME, why})]

    expect(await apply(vm.host, resources)).toBe(1)
    expect(vm.read(`${vm.root}/a/b.conf`)).toBe('b\n')
    expect(await apply(vm.host, resources)).toBe(0)
  })

  test('stops before the first act when another run took the lease over', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'somebody else\n2\n')

    await expect(
      apply(vm.host, [file({path: `${vm.root}/b.conf`, content: 'b\n', owner: ME, why})]),
    ).rejects.toMatchObject({code: 'lease', host: 'vm-1', evidence: expect.stringContaining('fence 2') as string})
    expect(vm.has(`${vm.root}/b.conf`)).toBe(false)
    expect(vm.has('/var/lib/kadm/ledger')).toBe(false)
  })

  test('names the thing that could not be changed and gives all that was said', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    const good = file({path: `${vm.root}/good`, content: 'g\n', owner: ME, why})
    const bad = cleanup({
      name: 'bad',
      why,
      remains: sh`echo here`,
      clear: sh`echo first >&2; echo 'disk is full' >&2; exit 1`,
    })

    await expect(apply(vm.host, [good, bad])).rejects.toMatchObject({
      code: 'remote',
      host: 'vm-1',
      message: 'could not apply cleanup:bad: disk is full',
      evidence: 'first\ndisk is full',
    })
    expect(vm.read(`${vm.root}/good`)).toBe('g\n')
  })

  test('is a failure when the thing is as before right after its act', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')

    await expect(
      apply(vm.host, [cleanup({name: 'stubborn', why, remains: sh`echo me`, clear: sh`:`})]),
    ).rejects.toMatchObject({code: 'remote', message: 'cleanup:stubborn: me still present'})
  })

  test('acts on what a change made stale before it waits for what comes of it', async () => {
    const vm = scratch()
    const conf = `${vm.root}/token.conf`
    const restarted = `${vm.root}/restarted`
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    const resources = [
      file({path: conf, content: 'new\n', owner: ME, why}),
      cleanup({
        name: 'stale',
        why,
        remains: sh`[ ! -e ${conf} ] || [ -e ${restarted} ] || echo 'the program from before'`,
        clear: sh`touch ${restarted}`,
      }),
      wait({
        name: 'registered',
        title: 'the program to register',
        why,
        check: sh`[ -e ${restarted} ]`,
        evidence: sh`:`,
        deadlineMs: 1000,
        intervalMs: 100,
      }),
    ]

    expect(await apply(vm.host, resources)).toBe(2)
    expect(await apply(vm.host, resources)).toBe(0)
  })

  test('goes over it again for what an earlier act made stale: a unit starts again when its file was written', async () => {
    const vm = scratch()
    const conf = `${vm.root}/demo.conf`
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    vm.write(`${vm.root}/started`, 'Mon 2026-01-05 00:00:00.000000 UTC\n')
    vm.stub(
      'systemctl',
      `echo "$*" >>${vm.root}/calls
case "$*" in
*--value*) printf 'loaded\\nno\\n';;
show*) printf 'LoadState=loaded\\nActiveState=active\\nSubState=running\\nUnitFileState=enabled\\nNeedDaemonReload=no\\n'
  printf 'ExecMainStartTimestamp=%s\\n' "$(cat ${vm.root}/started)";;
restart*) date -u '+%a %Y-%m-%d %H:%M:%S.%6N UTC' >${vm.root}/started;;
esac`,
    )
    const more: string[] = []
    const resources = [
      file({path: conf, content: 'new\n', owner: ME, why}),
      unit({name: 'demo.service', restartWhenNewer: [conf], why}),
    ]

    const changes = await apply(vm.host, resources, {
      onFurtherChanges: found => more.push(...found.map(({resource}) => resource.id)),
    })

    expect(changes).toBe(2)
    expect(more).toStrictEqual(['unit:demo.service'])
    expect(vm.read(`${vm.root}/calls`)).toContain('restart -- demo.service')
    expect(await apply(vm.host, resources)).toBe(0)
  })

  test('gives up on what never settles, and says what differs', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    const [a, b] = [`${vm.root}/a`, `${vm.root}/b`]
    vm.write(a, '')
    const undoing = [
      cleanup({name: 'a', why, remains: sh`[ ! -e ${a} ] || echo a`, clear: sh`rm ${a}; : >${b}`}),
      cleanup({name: 'b', why, remains: sh`[ ! -e ${b} ] || echo b`, clear: sh`rm ${b}; : >${a}`}),
    ]

    await expect(apply(vm.host, undoing)).rejects.toMatchObject({message: 'cleanup:a: a still present'})
  })

  test('waits that do not come true fail with their evidence', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    const never = wait({
      name: 'never',
      title: 'the moon to be here',
      why,
      check: sh`echo 'it is far'; exit 1`,
      deadlineMs: 0,
      evidence: sh`echo 'seen through the telescope'`,
    })

    await expect(apply(vm.host, [never])).rejects.toMatchObject({
      message: expect.stringContaining('for the moon to be here; last seen: it is far') as string,
      evidence: expect.stringContaining('seen through the telescope') as string,
    })
  })
})

test('the act that was running is the last one that was named', () => {
  expect(lastAct('\u001dact file:/a\nx\n\u001dact file:/b\noops\n')).toBe('file:/b')
  expect(lastAct('never got that far')).toBeUndefined()
})
