import {spawn} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {ownFolders} from '../../src/remote/shell/own-folders.ts'
import {concat, type Script} from '../../src/remote/shell/shell.ts'
import {probeFunctions} from '../../src/facts/evidence/probes.ts'
import {evidenceFunctions} from '../../src/facts/evidence/shell.ts'
import type {Section} from '../../src/facts/section.ts'
import type {Workbench} from '../resources/shell-runner.ts'

const PLACES = [
  '/etc/kubernetes',
  '/var/lib/kubelet',
  '/var/lib/kadm',
  '/etc/cni',
  '/opt/cni',
  '/var/lib/cni',
  '/run/flannel',
  '/etc/default',
  '/var/log/containers',
  '/etc/systemd/system',
  '/sys/class/net',
]
const moved = (on: Workbench, {text}: Script): string =>
  PLACES.reduce((script, place) => script.replaceAll(place, on.root + place), text)

/** Puts a file where the script will look for it. */
export const put = (on: Workbench, path: string, text: string): void => {
  mkdirSync(dirname(on.root + path), {recursive: true})
  writeFileSync(on.root + path, text)
}

/** What the section finds in the folder of the bench. Servers of this very process must be able to answer meanwhile. */
export const read = async <T>(on: Workbench, {script, parse}: Section<T>): Promise<T> => {
  const child = spawn('sh', ['-s'], {
    env: {...process.env, PATH: `${on.keep}/../bin:${process.env['PATH'] ?? ''}`, LC_ALL: 'C'},
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.end(
    [evidenceFunctions().text, probeFunctions().text, moved(on, concat([ownFolders(), script]))].join('\n'),
  )
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  return parse(Buffer.concat(chunks).toString().replaceAll(on.root, ''))
}
