import {z} from 'zod'

import * as rule from '../rules/rules.ts'
import {list, named, text} from './shapes.ts'
import * as rules from '../rules/source-rules.ts'

const packages = z
  .strictObject({
    url: text(rules.packageUrlProblem).describe(
      'The folder of an apt repository that has InRelease and Packages in it',
    ),
    keyFile: text(rule.notEmpty)
      .optional()
      .describe("The mirror's OpenPGP key; left out: Release.key beside the packages, by https"),
    keyFingerprint: text(rules.fingerprintProblem)
      .optional()
      .describe("Of the key that signs the mirror; left out: the community's own"),
  })
  .check(({value, issues}) => {
    if (value.keyFile !== undefined || !value.url.startsWith('http:')) return
    const message = 'is not https, so its key must be named: keyFile'
    issues.push({code: 'custom', message, input: value.url, path: ['url']})
  })
  .describe('A mirror of the packages of Kubernetes')

const archives = z
  .strictObject({
    url: text(rules.mirrorUrlProblem).optional().describe('Stands for https://github.com in the addresses of releases'),
    sha256: named(text(rules.sha256Problem), rule.notEmpty)
      .optional()
      .describe('By file name; what is not named is asked of its publisher by https, never of the mirror'),
  })
  .describe("Where the container runtime's release archives are fetched")

const image = z
  .strictObject({
    registry: text(rules.registryProblem).describe('As it stands in references of images: registry.k8s.io'),
    mirror: text(rules.mirrorUrlProblem).describe('The one place its images are pulled from instead'),
    caFile: text(rule.notEmpty).optional().describe("The authority that signed the mirror's certificate (PEM)"),
  })
  .check(({value, issues}) => {
    if (value.caFile === undefined || value.mirror.startsWith('https:')) return
    const message = 'is for a mirror with https'
    issues.push({code: 'custom', message, input: value.caFile, path: ['caFile']})
  })

/** Where software comes from. */
export const source = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('online'),
      runtime: z
        .enum(['upstream', 'distribution'])
        .optional()
        .describe("Whose containerd hosts get that have none: the project's own release (usual) or the distribution's"),
      packages: packages.optional(),
      archives: archives.optional(),
      images: list(image)
        .check(({value, issues}) => {
          const names = value.map(one => one?.registry)
          const again = names.findIndex((name, i) => name !== undefined && names.indexOf(name) !== i)
          if (again < 0) return
          const message = `names ${names[again] ?? ''} a second time`
          issues.push({code: 'custom', message, input: names[again], path: [again, 'registry']})
        })
        .optional(),
    }),
    z.strictObject({kind: z.literal('bundle'), path: text(rule.notEmpty)}),
  ],
  {error: 'must be online or bundle'},
)

/** How hosts reach what is outside. */
export const proxy = z
  .strictObject({
    http: text(rules.proxyProblem).optional(),
    https: text(rules.proxyProblem).optional(),
    noProxy: list(text(rules.noProxyProblem))
      .optional()
      .describe('Besides what kadm computes: the nodes, the ranges of pods and services, the endpoint, mirrors inside'),
  })
  .describe('For packages, archives, images and the kubelet; a user or password is not for this file')
