import {describe, expect, it} from 'vitest'
import {BINARIES} from '../../src/domain/bundle.ts'
import {supportedVersion} from '../../src/domain/version.ts'
import {isOldGo, renderGoMod, stagedIn} from '../../src/lab/image/go-build.ts'
import {programKey, recipe} from '../../src/lab/image/recipe.ts'

const keysOf = (version: string): ReadonlyMap<string, string> =>
  new Map(
    recipe(supportedVersion(version)).flatMap(module =>
      module.programs.map(program => [program.name, programKey(module, program, 'amd64')] as const),
    ),
  )

describe('recipe', () => {
  it('builds every executable that a node gets from a bundle', () => {
    const built = recipe(supportedVersion('v1.37.2')).flatMap(module => module.programs.map(program => program.name))

    expect(Object.keys(BINARIES).filter(name => !built.includes(name))).toEqual([])
  })

  it.each(['v1.35.4', 'v1.36.3', 'v1.37.2'])('stamps %s into what it builds', version => {
    const kubernetes = recipe(supportedVersion(version)).find(module => module.name === 'kubernetes')

    expect(kubernetes?.version).toBe(version)
    expect(kubernetes?.stagingVersion).toBe(version.replace('v1.', 'v0.'))
    expect(kubernetes?.linkerFlags).toContain(`-X k8s.io/component-base/version.gitVersion=${version} `)
  })

  it('shares what two Kubernetes versions have in common, and nothing else', () => {
    const [older, newer] = [keysOf('v1.36.3'), keysOf('v1.37.2')]

    const shared = [...newer].filter(([name, key]) => older.get(name) === key).map(([name]) => name)

    expect(shared).toContain('containerd')
    expect(shared).toContain('flanneld')
    expect(shared).not.toContain('kubelet')
    expect(shared).not.toContain('etcd')
  })

  it('gives a program another key when a flag of its build changes', () => {
    const [module] = recipe(supportedVersion('v1.37.2'))
    const [program] = module?.programs ?? []
    if (module === undefined || program === undefined) throw new Error('an empty recipe')

    const changed = programKey({...module, linkerFlags: `${module.linkerFlags} -X a=b`}, program, 'amd64')

    expect(changed).not.toBe(programKey(module, program, 'amd64'))
    expect(programKey(module, program, 'arm64')).not.toBe(programKey(module, program, 'amd64'))
  })

  it('keeps a program when another one joins its module', () => {
    const [module] = recipe(supportedVersion('v1.37.2'))
    const [program] = module?.programs ?? []
    if (module === undefined || program === undefined) throw new Error('an empty recipe')
    const more = {...module, programs: [...module.programs, {name: 'x', package: 'x', seconds: 1}]}

    expect(programKey(more, program, 'amd64')).toBe(programKey(module, program, 'amd64'))
  })
})

describe('stagedIn', () => {
  it('finds the modules that live in a folder beside their go.mod', () => {
    const text =
      'require (\n\tk8s.io/api v0.0.0\n\tk8s.io/utils v0.0.0-2026\n\tk8s.io/client-go v0.0.0\n)\nreplace (\n\tk8s.io/api => ./staging\n)\n'

    expect(stagedIn(text)).toEqual(['k8s.io/api', 'k8s.io/client-go'])
  })
})

describe('renderGoMod', () => {
  it('points staging modules and replaced ones at releases', () => {
    const module = {
      name: 'kubernetes',
      module: 'k',
      version: 'v1',
      programs: [],
      linkerFlags: '',
      replace: {a: 'a@v1.2.3'},
    }

    expect(renderGoMod(module, [['k8s.io/api', 'v0.37.2']])).toBe(
      'module kadm.local/kubernetes\n\ngo 1.25.0\n\nreplace k8s.io/api => k8s.io/api v0.37.2\nreplace a => a v1.2.3\n',
    )
  })
})

describe('isOldGo', () => {
  it.each([
    ['go1.26.8', false],
    ['go1.26.6', false],
    ['go1.26.5', true],
    ['go1.26', true],
    ['go1.25.11', true],
    ['go1.27', false],
    ['go2.0', false],
    ['devel +abc', false],
  ])('%s: %s', (found, old) => {
    expect(isOldGo(found, '1.26.6')).toBe(old)
  })
})
