import {createHash} from 'node:crypto'
import type {Component} from './components.ts'
import {manifest} from './places.ts'
import type {Version} from './version.ts'

/** The bill of materials as CycloneDX 1.6 (JSON); its serial number comes from its content, so that it is the same each time. */
export function sbom({version, commit, epoch}: Version, components: readonly Component[]): string {
  const kadm = `pkg:npm/kadm@${version}`
  const listed = components.map(one => ({
    type: one.name === 'node' ? 'platform' : 'library',
    'bom-ref': purl(one),
    name: one.name,
    version: one.version,
    licenses: [licenseOf(one.license)],
    purl: purl(one),
  }))
  const content = {
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': kadm,
        name: manifest.name,
        version,
        licenses: [licenseOf(manifest.license)],
        purl: kadm,
        properties: [{name: 'commit', value: commit}],
      },
    },
    components: listed,
    dependencies: [
      {ref: kadm, dependsOn: listed.map(one => one['bom-ref'])},
      ...listed.map(one => ({ref: one['bom-ref'], dependsOn: []})),
    ],
  }
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(content))}`
  const head = {bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1}
  return `${JSON.stringify({...head, ...content}, undefined, 2)}\n`
}

const purl = ({name, version}: Component): string =>
  name === 'node' ? `pkg:generic/node@${version}` : `pkg:npm/${name.replace('@', '%40')}@${version}`

const licenseOf = (license: string): object =>
  /[ ()]/.test(license) ? {expression: license.replaceAll(/^\(|\)$/g, '')} : {license: {id: license}}

/** A UUID of version 8 (RFC 9562): the bits are the maker's own. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
