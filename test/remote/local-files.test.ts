import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
  existsSync,
  statSync,
} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {createBundle} from '../../src/bundle/create-bundle.ts'
import {readBundle} from '../../src/bundle/read-bundle.ts'
import {mergeIntoFile} from '../../src/commands/runtime/kubeconfig-file.ts'
import {environment, findFile, readText} from '../../src/commands/runtime/requests/load-cluster.ts'
import {makeFolder, readLocalText, replaceFile} from '../../src/remote/local/local-files.ts'
import {nodeLocalMachine} from '../../src/remote/local/node-local-machine.ts'
import {readSshConfig} from '../../src/remote/ssh-config/ssh-config.ts'
import {newFolder} from '../contract/folder.ts'

const dir = newFolder('local-files')
const at = (name: string): string => join(dir, name)
mkdirSync(at('folder'))
writeFileSync(at('file'), 'text\n')
symlinkSync(at('circle'), at('circle'))
execFileSync('mkfifo', [at('pipe')])
writeFileSync(at('utf16'), Buffer.from('\ufeffkind: Cluster\n', 'utf16le'))
writeFileSync(at('latin1'), Buffer.from('name: m\u00fcller\n', 'latin1'))

/** Everything a name given by hand may lead to that is no text file, and what is said of it. */
const UNREADABLE: readonly (readonly [string, string])[] = [
  [at('folder'), 'it is a folder'],
  [at('circle'), 'its symbolic links form a loop'],
  [at('n'.repeat(300)), 'its name is too long'],
  [at('pipe'), 'it is a named pipe'],
  [at('utf16'), 'it is UTF-16 text, not UTF-8'],
  [at('latin1'), 'it is not UTF-8 text'],
  ['/dev/zero', 'it is larger than 64 MB'],
]

const KUBECONFIG = 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n'
const order = {version: {text: '1.34.1', major: 1, minor: 34, patch: 1}, architecture: 'amd64', images: []} as const

describe.each(UNREADABLE)('%s', (path, why) => {
  const refused = {code: 'config', message: expect.stringContaining(`${path}: ${why}`) as string}

  test.each([
    ['a file of the cluster', () => readText(path, '--file')],
    ['a file found by name', () => findFile(path)],
    ['a file that the configuration names', () => environment.readFile(path)],
  ])('is refused as %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining(refused) as Error)
  })

  test('is refused as a key that was named by hand', async () => {
    await expect(nodeLocalMachine({HOME: dir}).readNamed(path)).rejects.toMatchObject(refused)
  })

  test('is refused as a kubeconfig to merge into, and nothing is left beside it', async () => {
    await expect(mergeIntoFile(KUBECONFIG, path, {name: 'kadm', makeCurrent: true})).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining(`${path}: `) as string,
    })
    expect(readdirSync(dir).filter(name => name.includes('.kadm-'))).toEqual([])
  })
})

test.each(UNREADABLE.filter(([path]) => !/utf16|latin1/.test(path)))(
  '%s among the files of ssh is skipped with a note, as ssh does',
  async (path, why) => {
    const notes: string[] = []
    const localMachine = nodeLocalMachine({HOME: dir}, {note: text => void notes.push(text)})

    expect(await localMachine.readText(path)).toBeUndefined()
    expect(notes).toEqual([expect.stringContaining(`cannot read ${path}: ${why}`)])
  },
)

test('a file of ssh may hold any bytes, and a missing one is not reported', async () => {
  const notes: string[] = []
  const localMachine = nodeLocalMachine({HOME: dir}, {note: text => void notes.push(text)})

  expect(await localMachine.readText(at('latin1'))).toContain('name: m')
  expect(await localMachine.readText('/dev/null')).toBe('')
  expect(await localMachine.readText(at('none'))).toBeUndefined()
  expect(await localMachine.readText(at('file/none'))).toBeUndefined()
  expect(notes).toEqual([])
})

test('a folder among the included files is skipped with a note, and the others count', async () => {
  const home = newFolder('home')
  mkdirSync(join(home, '.ssh/config.d/old'), {recursive: true})
  writeFileSync(join(home, '.ssh/config'), 'Include config.d/*\n')
  writeFileSync(join(home, '.ssh/config.d/z.conf'), 'Host x\n  Port 7\n')
  const notes: string[] = []

  const config = await readSshConfig(nodeLocalMachine({HOME: home}, {note: text => void notes.push(text)}))

  expect(JSON.stringify(config)).toContain('"port"')
  expect(notes).toEqual([expect.stringContaining('config.d/old: it is a folder')])
})

test('an included file that cannot be opened is refused, as by ssh', async () => {
  const home = newFolder('home')
  mkdirSync(join(home, '.ssh'))
  symlinkSync('circle', join(home, '.ssh/circle'))
  writeFileSync(join(home, '.ssh/config'), 'Include circle none\n')

  await expect(readSshConfig(nodeLocalMachine({HOME: home}))).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('.ssh/circle: its symbolic links form a loop') as string,
  })
})

test.each(['/proc/nope/x', '/proc/nope/deeper/x', '/sys/nope/x', '/dev/null/x'])(
  'nothing can be made at %s, which is reported at once',
  async path => {
    await expect(mergeIntoFile(KUBECONFIG, path, {name: 'kadm', makeCurrent: true})).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(path.split('/').slice(0, 3).join('/')) as string,
    })
    await expect(createBundle(path, {...order, downloads: noDownloads})).rejects.toMatchObject({code: 'config'})
    const notes: string[] = []
    await nodeLocalMachine({HOME: dir}, {note: text => void notes.push(text)}).appendLine(path, 'host key')
    expect(notes).toEqual([expect.stringContaining('kadm accepts the host key for this run only')])
  },
)

const noDownloads = {
  origins: {binaries: 'http://127.0.0.1:1', containerd: 'http://127.0.0.1:1', runc: '', cni: '', crictl: ''},
  fetch: () => Promise.reject(new Error('nothing is fetched here')),
  signal: undefined,
} as never

test('a folder that is not a bundle is distinguished from a file that cannot be read', async () => {
  mkdirSync(at('bundle/bundle.json'), {recursive: true})

  await expect(readBundle(at('folder'))).rejects.toMatchObject({
    message: expect.stringContaining('is not a bundle') as string,
  })
  await expect(readBundle(at('bundle'))).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('bundle.json: it is a folder') as string,
  })
})

test('folders are made with their mode, and one that is there stays as it is', async () => {
  await makeFolder(at('new/a/b'), 0o700)
  chmodSync(at('new'), 0o755)
  await makeFolder(at('new/a'), 0o700)

  expect(statSync(at('new/a/b')).mode & 0o777).toBe(0o700)
  expect(statSync(at('new')).mode & 0o777).toBe(0o755)
  await expect(makeFolder(at('file/x'))).rejects.toMatchObject({code: 'config'})
})

test('a file is replaced as a whole or not at all', async () => {
  await replaceFile(at('whole'), 'new\n', 0o600)
  expect(readFileSync(at('whole'), 'utf8')).toBe('new\n')
  await expect(replaceFile(at('folder'), 'new\n', 0o600)).rejects.toMatchObject({code: 'config'})
  expect(readdirSync(dir).filter(name => name.includes('.kadm-'))).toEqual([])
})

test.runIf(existsSync('/dev/stdin'))('what a shell gives as a file is read', () => {
  const script = `import {readLocalText} from '${join(import.meta.dirname, '../../src/remote/local/local-files.ts')}'
process.stdout.write(readLocalText('/dev/stdin'))`

  const pipeline = `printf 'kind: Cluster\\n' | "$@"`
  const words = [process.execPath, '--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', script]
  const out = execFileSync('sh', ['-c', pipeline, 'sh', ...words])

  expect(out.toString()).toBe('kind: Cluster\n')
  expect(readLocalText(at('file'))).toBe('text\n')
})
