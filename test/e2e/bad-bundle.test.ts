import {readdirSync} from 'node:fs'
import {cp, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {refusedIn, type Refused} from './refused.ts'
import {testLab, type TestLab} from './test-lab.ts'

describe('kadm names what is wrong with a bad bundle, and touches no machine', () => {
  let lab: TestLab
  let refused: Refused
  beforeAll(async () => {
    lab = await testLab('e2e-bundle', ['alpha'])
    refused = refusedIn(lab)
  })
  afterAll(() => lab.down())

  /** The bundle with links for files, of which some are altered. */
  const bundleWith = async (change: (dir: string) => Promise<void>): Promise<string> => {
    const dir = join(lab.home, 'bundle')
    await rm(dir, {recursive: true, force: true})
    for (const folder of ['binaries', 'images']) {
      await mkdir(join(dir, folder), {recursive: true})
      for (const name of readdirSync(join(lab.bundleDir, folder)))
        await symlink(join(lab.bundleDir, folder, name), join(dir, folder, name))
    }
    await cp(join(lab.bundleDir, 'bundle.json'), join(dir, 'bundle.json'))
    await change(dir)
    return dir
  }
  const initFrom = (dir: string): readonly string[] => ['init', lab.target('alpha'), '--bundle', dir]
  const edit = (dir: string, from: string | RegExp, to: string): Promise<void> =>
    readFile(join(dir, 'bundle.json'), 'utf8').then(text => writeFile(join(dir, 'bundle.json'), text.replace(from, to)))

  it('a file with one bit turned over', async () => {
    const dir = await bundleWith(async folder => {
      const file = join(folder, 'binaries/runc.gz')
      const bytes = await readFile(file)
      await rm(file)
      bytes[1000] = (bytes[1000] ?? 0) ^ 1
      await writeFile(file, bytes)
    })

    const {code, text} = await refused(initFrom(dir))

    expect(code).toBe(2)
    expect(text).toMatch(/binaries\/runc\.gz: modified/)
    expect(text).toContain('kadm bundle create')
  })

  it('files that are missing, all of them', async () => {
    const dir = await bundleWith(async folder => {
      await rm(join(folder, 'binaries/ctr.gz'))
      await rm(join(folder, 'binaries/kubelet.gz'))
    })

    const {code, text} = await refused(initFrom(dir))

    expect(code).toBe(2)
    expect(text).toMatch(/kubelet\.gz: missing/)
    expect(text).toMatch(/ctr\.gz: missing/)
  })

  it('entries that the cluster needs and that it does not have', async () => {
    const dir = await bundleWith(folder =>
      edit(folder, /"ref": "[^"]*coredns[^"]*"/, '"ref": "registry.k8s.io/other:v1"'),
    )

    const {code, text} = await refused(initFrom(dir))

    expect(code).toBe(2)
    expect(text).toMatch(/does not contain image registry\.k8s\.io\/coredns\/coredns:/)
  })

  it('that it is for another architecture', async () => {
    const dir = await bundleWith(folder => edit(folder, /"architecture": "\w+"/, '"architecture": "arm64"'))

    const {code, text} = await refused(initFrom(dir))

    expect([2, 3]).toContain(code)
    expect(text).toMatch(/amd64.*arm64|arm64.*amd64/)
  })

  it('that it is for another version than the one asked for', async () => {
    const {code, text} = await refused([...initFrom(lab.bundleDir), '--kubernetes-version', 'v1.36.1'])

    expect(code).toBe(2)
    expect(text).toMatch(/v1\.37\.2, not v1\.36\.1/)
  })

  it('that it is not a bundle', async () => {
    const {code, text} = await refused(initFrom(lab.home))

    expect(code).toBe(2)
    expect(text).toMatch(/has no bundle\.json/)
  })
})
