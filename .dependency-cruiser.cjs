// The rooms of docs/design.md, low to high: a room imports itself and lower rooms only.
const order = [
  'domain',
  'archive',
  'config',
  'certs',
  'manifests',
  'remote',
  'kube',
  'facts',
  'resources',
  'phases',
  'engine',
  'verify',
  'diagnose',
  'bundle',
  'lab',
  'ui',
  'commands',
]
const owns = {
  'ipaddr.js': 'domain',
  'tar-stream': 'archive',
  'fast-string-width': 'ui',
  ssh2: 'remote',
  'node-forge': 'certs',
  // Where text from outside becomes values: cluster files, and the ledger's entries of each kind.
  zod: '(config|resources)',
  undici: 'kube',
  listr2: 'ui',
  inquirer: 'ui',
  picocolors: 'ui',
  '@oclif/core': 'commands',
}
module.exports = {
  forbidden: [
    {name: 'no-circular', severity: 'error', from: {path: '^src/'}, to: {circular: true}},
    ...order.map((room, i) => ({
      name: `${room}-only-below`,
      severity: 'error',
      from: {path: `^src/${room}/`},
      to: {path: '^src/[^/]+/', pathNot: `^src/(${order.slice(0, i + 1).join('|')})/`},
    })),
    ...Object.entries(owns).map(([pkg, room]) => ({
      name: `${pkg}-only-in-${room.replaceAll(/[()]/g, '').replace('|', '-or-')}`,
      severity: 'error',
      from: {path: '^src/', pathNot: `^src/${room}/`},
      to: {path: `node_modules/${pkg}/`},
    })),
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: {path: '^src/(domain|config|manifests|facts|resources|phases|diagnose)/'},
      to: {dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|path|zlib)$'},
    },
    {
      name: 'resource-folders-stand-alone',
      comment: 'a folder of resources imports itself and what all of them share',
      severity: 'error',
      from: {path: '^src/resources/([^/]+)/'},
      to: {path: '^src/resources/', pathNot: '^src/resources/($1|core|files|systemd)/'},
    },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      from: {path: '^src/domain/'},
      to: {pathNot: '^src/domain/|node_modules/ipaddr.js/'},
    },
  ],
  options: {doNotFollow: {path: 'node_modules'}, tsPreCompilationDeps: true, tsConfig: {fileName: 'tsconfig.json'}},
}
