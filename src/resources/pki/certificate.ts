import {z} from 'zod'
import {judgeCertificate, type CertificateVerdict} from '../../certs/judge.ts'
import {inspectIfReadable} from '../../certs/inspect.ts'
import {issueCa, issueLeaf} from '../../certs/issue.ts'
import {parsePrivateKey, privateKeyPem} from '../../certs/keys.ts'
import {publicKeyHashFrom} from '../../certs/openssh.ts'
import {
  CA_NAMES,
  CERTIFICATE_NAMES,
  certPath,
  isAuthority,
  keyPath,
  type CaName,
  type CertificateName,
  type WantedCertificate,
} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {cannotIssueAgain} from '../../domain/external-ca.ts'
import {AUTHORITY_BACK, SIGNED} from '../../domain/lost-authority.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {putText} from '../files/file.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import type {KeyPair, Values} from '../core/values.ts'
import {base, maybe} from '../core/schema.ts'
import {algorithm, origin, wanted, type Origin} from './schema.ts'

/** A certificate and its key in the PKI folder. Valid files are kept; an authority is never replaced. */
export interface CertificateResource extends ResourceBase {
  readonly kind: 'certificate'
  readonly name: CertificateName
  /** The authority that signs it; undefined for an authority. */
  readonly signer: CaName | undefined
  readonly wanted: WantedCertificate
  readonly algorithm: KeyAlgorithm
  /** The folder; undefined: the usual one. */
  readonly dir?: string | undefined
  /** For a CA: made here, or copied from a control plane that has it. Default: made. */
  readonly origin?: Origin | undefined
  /** The key of the authority (of the signer, for what it signs) is not on the machines: kadm issues nothing in its name. */
  readonly isKeyElsewhere?: boolean | undefined
  /** The moment that counts for "expired", ISO 8601. */
  readonly at: string
  /** Present once made; never stored or shown. */
  readonly made?: KeyPair | undefined
}

export interface CertificateState {
  readonly certPem: string | undefined
  readonly keyPublicHash: string | undefined
  readonly caPem: string | undefined
  /** Of an authority: a control plane runs here with what it signed. */
  readonly isInUse?: boolean | undefined
}

const API_MANIFEST = `${MANIFESTS_DIR}/kube-apiserver.yaml`

export const certificate = (wanted: Omit<CertificateResource, 'kind' | 'id' | 'made'>): CertificateResource => ({
  kind: 'certificate',
  id: `certificate:${wanted.name}`,
  ...wanted,
})

const verdictOf = (
  {wanted, signer, at, isKeyElsewhere}: CertificateResource,
  state: CertificateState,
): CertificateVerdict => {
  if (signer !== undefined && state.caPem === undefined && isKeyElsewhere !== true)
    return {state: 'missing', detail: 'will be created'}
  if (state.caPem !== undefined && inspectIfReadable(state.caPem) === undefined)
    return {state: 'wrong-ca', detail: 'cannot read its CA'}
  return judgeCertificate({...state, wanted, now: new Date(at)})
}

export const certificateKind: Kind<CertificateResource, CertificateState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('certificate'),
      name: z.enum(CERTIFICATE_NAMES),
      signer: maybe(z.enum(CA_NAMES)),
      wanted,
      algorithm,
      dir: maybe(z.string()),
      origin: maybe(origin),
      isKeyElsewhere: maybe(z.boolean()),
      at: z.string(),
    }),
    state: z.object({certPem: maybe(z.string()), keyPublicHash: maybe(z.string()), caPem: maybe(z.string())}),
  },
  // The private key stays where it is: ssh-keygen gives its public half, which is compared with the certificate.
  look: ({name, signer, dir}) => sh`printf 'cert %s\n' "$(base64 -w0 2>/dev/null <${certPath(name, dir)})"
printf 'key %s\n' "$(ssh-keygen -y -P '' -f ${keyPath(name, dir)} 2>/dev/null || openssl pkey -pubout -in ${keyPath(name, dir)} 2>/dev/null | base64 -w0)"
printf 'ca %s\n' "$(base64 -w0 2>/dev/null <${signer === undefined ? '/dev/null' : certPath(signer, dir)})"
${isAuthority(name) ? sh`[ ! -s ${SIGNED[name]} ] || [ ! -s ${API_MANIFEST} ] || echo 'used yes'` : sh`:`}`,
  parse: (output, {signer}) => {
    const value = (name: string): string | undefined => {
      const text = output
        .split('\n')
        .find(line => line.startsWith(`${name} `))
        ?.slice(name.length + 1)
        .trim()
      return text === '' ? undefined : text
    }
    const decoded = (name: string): string | undefined => {
      const text = value(name)
      return text === undefined ? undefined : Buffer.from(text, 'base64').toString()
    }
    const key = value('key')
    return {
      certPem: decoded('cert'),
      keyPublicHash:
        key === undefined
          ? undefined
          : publicKeyHashFrom(key.includes(' ') ? key : Buffer.from(key, 'base64').toString()),
      caPem: signer === undefined ? undefined : decoded('ca'),
      ...(value('used') === undefined ? {} : {isInUse: true}),
    }
  },
  identity: ({certPem, keyPublicHash}) => ({certPem, keyPublicHash}),
  diff: (resource, state) => {
    const verdict = verdictOf(resource, state)
    if (verdict.state === 'key-missing' && resource.signer === undefined && resource.isKeyElsewhere === true)
      return undefined
    return verdict.state === 'ok' ? undefined : verdict.detail
  },
  // An authority that is gone already says nothing about what it once signed.
  drift: (resource, state) => certificateKind.diff({...resource, signer: undefined}, {...state, caPem: undefined}),
  resolve: async (resource, state, values) => ({...resource, made: await make(resource, state, values)}),
  act: ({name, made, dir}) => {
    if (made === undefined) throw new Error(`${name} was never made`)
    return concat([
      putText(keyPath(name, dir), '0600', made.keyPem),
      putText(certPath(name, dir), '0644', made.certPem),
    ])
  },
  backup: ({name, dir}) =>
    concat(
      [certPath(name, dir), keyPath(name, dir)].map(
        (path, i) => sh`[ ! -e ${path} ] || cp -a -T -- ${path} "$BACKUP"/${i}`,
      ),
    ),
  revert: ({name, dir}) =>
    concat(
      [certPath(name, dir), keyPath(name, dir)].map(
        (path, i) => sh`if [ -e "$BACKUP"/${i} ]; then cp -a -T -- "$BACKUP"/${i} ${path}; else rm -f -- ${path}; fi`,
      ),
    ),
  redact: resource => ({...resource, made: undefined}),
  detail: ({wanted}, state) => {
    const names = [...wanted.sans.dns, ...wanted.sans.ips]
    const replaced = state.certPem === undefined ? undefined : inspectIfReadable(state.certPem)
    return [
      `subject ${wanted.commonName}${names.length > 0 && !wanted.isCa ? `, names ${names.join(', ')}` : ''}`,
      ...(replaced === undefined
        ? []
        : [`replaces the certificate that expires on ${replaced.notAfter.toISOString()}`]),
    ].join('\n')
  },
}

async function make(resource: CertificateResource, state: CertificateState, values: Values): Promise<KeyPair> {
  const {name, signer, wanted, algorithm} = resource
  if (isAuthority(name) && resource.origin === 'copy') {
    const pair = await values.authority(name)
    refuseToMix(resource, state, pair)
    return pair
  }
  if (signer === undefined) {
    refuseToReplace(resource, state)
    const key = await values.makeKey(algorithm)
    const pair = {certPem: issueCa({wanted, key, now: values.now, random: values.random}), keyPem: privateKeyPem(key)}
    if (isAuthority(name)) values.setAuthority(name, pair)
    return pair
  }
  if (resource.isKeyElsewhere === true)
    throw cannotIssueAgain(certPath(name, resource.dir), certificateKind.diff(resource, state))
  const [key, authority] = await Promise.all([values.makeKey(algorithm), values.authority(signer)])
  const ca = {certPem: authority.certPem, key: parsePrivateKey(authority.keyPem)}
  return {certPem: issueLeaf({wanted, key, now: values.now, random: values.random}, ca), keyPem: privateKeyPem(key)}
}

/** A new authority would make every certificate it signed worthless, so one that is there is never replaced. */
function refuseToReplace(resource: CertificateResource, state: CertificateState): void {
  // A key alone is what a run that was cut off leaves; it has signed nothing yet, and the ledger keeps it.
  if (state.certPem === undefined && state.isInUse !== true) return
  if (state.certPem === undefined) throw lost(resource.name)
  const verdict = verdictOf(resource, state)
  throw new KadmError(
    'preflight',
    `cannot use the CA ${certPath(resource.name, resource.dir)}: ${verdict.state === 'ok' ? '' : verdict.detail}`,
    {
      hint: `restore the correct ${resource.name}.crt and ${resource.name}.key, or move both files away so that kadm creates a new CA (every certificate that the old CA signed then becomes invalid)`,
    },
  )
}

/** Another authority would lock every node and every user out of a running cluster. */
const lost = (name: CertificateName): KadmError =>
  new KadmError('preflight', `the CA ${certPath(name)} is missing, and the cluster uses certificates that it signed`, {
    hint: `${isAuthority(name) ? `bring it back on this host: \`${AUTHORITY_BACK[name]}\`` : 'restore it from a backup'}; or take the host out of its cluster with \`kadm reset\``,
  })

/** A host that has another authority belongs to another cluster. */
function refuseToMix({name, dir}: CertificateResource, {certPem}: CertificateState, pair: KeyPair): void {
  const own = certPem === undefined ? undefined : inspectIfReadable(certPem)
  if (own === undefined || own.publicKeyHash === inspectIfReadable(pair.certPem)?.publicKeyHash) return
  throw new KadmError('preflight', `the CA ${certPath(name, dir)} is of another cluster`, {
    hint: 'remove the host from that cluster first: kadm reset',
  })
}
