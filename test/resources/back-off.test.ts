import {mkdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {backOffEnd} from '../../src/resources/core/back-off.ts'
import {workbenches} from './shell-runner.ts'

const bench = workbenches()

/** Its pod has a name that no program on this machine has: a lab may run here at the same time. */
interface Scene {
  /** Seconds since the container wrote its last line. */
  readonly endedAgo: number
  /** Seconds since the manifest was written. */
  readonly manifestAgo: number
  /** The process that stands for the kubelet: 1 started long ago, this test just now. */
  readonly kubelet: number
}
const WAITING: Scene = {endedAgo: 30, manifestAgo: 60, kubelet: 1}

function scene({endedAgo, manifestAgo, kubelet}: Scene) {
  const b = bench()
  const manifests = join(b.root, 'manifests')
  const logs = join(b.root, 'pods')
  const container = join(logs, `kube-system_no-such-program-cp-1_${'a'.repeat(32)}`, 'no-such-program')
  for (const folder of [manifests, container]) mkdirSync(folder, {recursive: true})
  writeFileSync(join(manifests, 'no-such-program.yaml'), '')
  writeFileSync(join(container, '7.log'), 'bye\n')
  const now = Math.floor(Date.now() / 1000)
  utimesSync(join(container, '7.log'), now - endedAgo, now - endedAgo)
  b.stub('systemctl', `[ "$1" != show ] || echo ${String(kubelet)}`)
  b.stub('stat', `case "$*" in *%Z*) echo ${String(now - manifestAgo)} ;; *) exec /usr/bin/stat "$@" ;; esac`)
  const calls = (): readonly string[] => readFileSync(join(b.root, 'calls'), 'utf8').split('\n')
  return {
    run: () => b.run(backOffEnd(['etcd', 'no-such-program'], {manifests, logs})),
    restarts: () => calls().filter(call => call === 'systemctl restart kubelet.service').length,
  }
}

describe('the back-off of a static pod', () => {
  it('is ended, by one restart of the kubelet, when the container ended and was not started again', () => {
    const {run, restarts} = scene(WAITING)

    expect(run()).toEqual({code: 0, stdout: 'no-such-program\n', stderr: ''})
    expect(restarts()).toBe(1)
  })

  it.each<readonly [string, Partial<Scene>]>([
    ['the container has just ended', {endedAgo: 3}],
    ['its manifest is newer: the kubelet creates another pod', {manifestAgo: 10}],
    ['the kubelet started after the container ended', {kubelet: process.pid, endedAgo: 3600}],
    ['the kubelet does not run', {kubelet: 0}],
  ])('does not exist when %s', (_, other) => {
    const {run, restarts} = scene({...WAITING, ...other})

    expect(run()).toEqual({code: 0, stdout: '', stderr: ''})
    expect(restarts()).toBe(0)
  })
})
