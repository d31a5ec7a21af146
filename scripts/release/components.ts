import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Bundle} from './bundle.ts'
import {nodeFolder, TARGETS} from './nodes.ts'
import {ROOT} from './places.ts'

/** Something of others inside a release. */
export interface Component {
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly license: string
  readonly licenseText: string
}

/** The npm packages that the bundle has parts of, by name and version. */
export function bundledPackages({inputs}: Bundle): readonly Component[] {
  const folders = new Set(
    Object.keys(inputs).flatMap(path => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  )
  return [...folders]
    .map(folder => packageIn(join(ROOT, folder)))
    .sort((a, b) => order(`${a.name}@${a.version}`, `${b.name}@${b.version}`))
}

/** Node itself, whose license text lists everything inside it. */
export const nodeComponent = (): Component => {
  const {node} = TARGETS['linux-x64']
  const licenseText = readFileSync(join(nodeFolder(node), 'LICENSE'), 'utf8')
  return {name: 'node', version: node.version, license: 'MIT', licenseText}
}

function packageIn(folder: string): Component {
  const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Partial<Component>
  if (name === undefined || version === undefined) throw new Error(`${folder} is not a package`)
  const text = licenseTextIn(folder)
  return {name, version, license: typeof license === 'string' ? license : spdxOf(text, folder), licenseText: text}
}

function licenseTextIn(folder: string): string {
  const file = readdirSync(folder).find(name => /^(licen[cs]e|copying)/i.test(name))
  if (file !== undefined && existsSync(join(folder, file))) return readFileSync(join(folder, file), 'utf8').trim()
  return '(The package has its license in its package.json only.)'
}

/** Of old packages that name no license in package.json. */
function spdxOf(text: string, folder: string): string {
  if (text.includes('Permission is hereby granted, free of charge')) return 'MIT'
  throw new Error(`${folder} names no license`)
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The licenses of everything inside, as one text. */
export const licensesText = (components: readonly Component[]): string =>
  components
    .map(({name, version, license, licenseText}) => `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${licenseText}\n`)
    .join('\n')
