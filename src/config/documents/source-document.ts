import {z} from 'zod'

import * as rule from '../rules/rules.ts'
import {list, named, text} from './shapes.ts'
import * as rules from '../rules/source-rules.ts'

const packages = z
  .strictObject({
    url: text(rules.packageUrlProblem).describe(
      'The folder of the apt repository that contains InRelease and Packages',
    ),
    keyFile: text(rule.notEmpty)
      .optional()
      .describe("The mirror's OpenPGP key; by default, Release.key in the folder of the packages, over HTTPS"),
    keyFingerprint: text(rules.fingerprintProblem)
      .optional()
      .describe('The fingerprint of the key that signs the mirror; by default, the key of the Kubernetes community'),
  })
  .check(({value, issues}) => {
    if (value.keyFile !== undefined || !value.url.startsWith('http:')) return
    const message = 'does not use HTTPS; set keyFile to the OpenPGP key of the mirror'
    issues.push({code: 'custom', message, input: value.url, path: ['url']})
  })
  .describe('A mirror of the Kubernetes packages')

const archives = z
  .strictObject({
    url: text(rules.mirrorUrlProblem).optional().describe('Replaces https://github.com in the addresses of releases'),
    sha256: named(text(rules.sha256Problem), rule.notEmpty)
      .optional()
      .describe(
        'Checksums by file name; kadm downloads the others from the publisher over HTTPS, never from the mirror',
      ),
  })
  .describe("Where kadm downloads the container runtime's release archives")

const image = z
  .strictObject({
    registry: text(rules.registryProblem).describe('The registry as image references name it, such as registry.k8s.io'),
    mirror: text(rules.mirrorUrlProblem).describe('The mirror from which hosts pull its images instead'),
    caFile: text(rule.notEmpty).optional().describe("The CA certificate that signed the mirror's certificate (PEM)"),
  })
  .check(({value, issues}) => {
    if (value.caFile === undefined || value.mirror.startsWith('https:')) return
    const message = 'needs a mirror that uses HTTPS'
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
        .describe(
          "Which containerd kadm installs: the project's release (upstream, the default) or the package of the distribution",
        ),
      packages: packages.optional(),
      archives: archives.optional(),
      images: list(image)
        .check(({value, issues}) => {
          const names = value.map(one => one?.registry)
          const again = names.findIndex((name, i) => name !== undefined && names.indexOf(name) !== i)
          if (again < 0) return
          const message = `lists ${names[again] ?? ''} twice`
          issues.push({code: 'custom', message, input: names[again], path: [again, 'registry']})
        })
        .optional(),
    }),
    z.strictObject({kind: z.literal('bundle'), path: text(rule.notEmpty)}),
  ],
  {error: 'must be online or bundle'},
)

/** The proxy through which hosts reach the internet. */
export const proxy = z
  .strictObject({
    http: text(rules.proxyProblem).optional(),
    https: text(rules.proxyProblem).optional(),
    noProxy: list(text(rules.noProxyProblem))
      .optional()
      .describe(
        'Added to the entries that kadm computes: nodes, pod and service ranges, the endpoint, internal mirrors',
      ),
  })
  .describe('The proxy for packages, archives, images and the kubelet; it must not contain a user or password')
