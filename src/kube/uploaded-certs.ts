import {openSealed, sealBytes} from '../certs/sealed-certs.ts'
import {parseCertificateKey} from '../domain/certificate-key.ts'
import {KadmError} from '../domain/errors.ts'
import type {SharedFile, SharedTexts} from '../domain/shared-certs.ts'
import {uploadedCertsAccess} from '../manifests/access.ts'
import {certsSecret, UPLOADED_CERTS, type CertsSecret} from '../manifests/uploaded-certs.ts'
import {ApiError, isAlreadyThere} from './api-error.ts'
import type {KubeClient} from './client.ts'
import {textAt, textsAt} from './json.ts'
import {apiPath} from './kinds.ts'
import type {CallOptions} from './requester.ts'
import {generateToken, tokenSecret, type RandomBytes} from './tokens.ts'

/** As long as kubeadm's: the Secret is deleted with the token that owns it. */
export const UPLOADED_CERTS_TTL_MS = 2 * 3_600_000

/** This token lets nobody join. */
const OWNER = {
  ttlMs: UPLOADED_CERTS_TTL_MS,
  description: 'Proxy for managing TTL for the kubeadm-certs secret',
  usages: [],
  groups: [],
}

const PATH = apiPath.secrets(UPLOADED_CERTS.name, UPLOADED_CERTS.namespace)
const WHERE = `Secret ${UPLOADED_CERTS.namespace}/${UPLOADED_CERTS.name}`
const AGAIN = 'run `kadm certs upload` on a control plane, and use the certificate key that it prints'

export interface CertsUpload extends CallOptions {
  readonly files: SharedTexts
  readonly certificateKey: string
  readonly now: number
  readonly random: RandomBytes
}

/** Stores the files that control planes share in the cluster, encrypted, for two hours; replaces earlier ones. */
export async function uploadCerts(api: KubeClient, upload: CertsUpload): Promise<void> {
  const {files, certificateKey, now, random, ...call} = upload
  const key = keyOf(certificateKey)
  const token = tokenSecret(generateToken(random), OWNER, now)
  const uid = textAt(await api.create(token, call), 'metadata', 'uid')
  if (uid === undefined) throw new KadmError('remote', 'the API server did not return the uid of a new Secret')
  const sealed = new Map(
    [...files].map(([entry, text]) => [
      entry,
      text === '' ? new Uint8Array() : sealBytes(Buffer.from(text), key, random),
    ]),
  )
  const secret = certsSecret(sealed, {name: token.metadata.name, uid})
  try {
    await api.create(secret, call)
  } catch (error) {
    if (!isAlreadyThere(error)) throw error
    await replace(api, secret, call)
  }
  await Promise.all(uploadedCertsAccess().map(object => api.apply(object, call)))
}

/** An entry that only the earlier upload has would stay, encrypted with another key. */
async function replace(api: KubeClient, {metadata, data}: CertsSecret, call: CallOptions): Promise<void> {
  const old = Object.keys(textsAt(await api.get(PATH, call), 'data'))
  const gone = Object.fromEntries(old.map(entry => [entry, null]))
  const {ownerReferences} = metadata
  await api.patch(PATH, {metadata: {ownerReferences}, data: {...gone, ...data}}, 'merge', call)
}

/** The files of an upload, decrypted. Throws `config` with the next step when they are gone, incomplete, or of another key. */
export async function downloadCerts(
  api: KubeClient,
  wanted: readonly SharedFile[],
  certificateKey: string,
  call: CallOptions,
): Promise<SharedTexts> {
  const key = keyOf(certificateKey)
  const secret = await api.get(PATH, call).catch(forbiddenIsGone)
  if (secret === undefined) {
    throw new KadmError('config', `the cluster has no uploaded certificates: ${WHERE} does not exist`, {
      hint: `it is deleted two hours after the upload; ${AGAIN}`,
    })
  }
  return openCerts(textsAt(secret, 'data'), wanted, key)
}

/** Without an upload there is no right to read it either. */
function forbiddenIsGone(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 403) return undefined
  throw error
}

/** The decrypted entries of the Secret's `data`. */
export function openCerts(
  data: Readonly<Record<string, string>>,
  wanted: readonly SharedFile[],
  key: Uint8Array,
): SharedTexts {
  const texts = wanted.map(({entry}): readonly [string, string] => {
    const sealed = data[entry] ?? ''
    if (sealed === '') return [entry, '']
    const opened = openSealed(Buffer.from(sealed, 'base64'), key)
    if (opened !== undefined) return [entry, opened.toString()]
    throw new KadmError('config', `the certificate key does not open ${entry} in ${WHERE}`, {
      hint: `it is the key of another upload, or incomplete; ${AGAIN}`,
    })
  })
  const missing = texts.filter(([, text]) => text === '').map(([entry]) => entry)
  if (missing.length === 0) return new Map(texts)
  throw new KadmError('config', `${WHERE} does not contain ${missing.join(', ')}`, {
    hint: 'a cluster whose CA keys are kept elsewhere cannot share them; copy the files from a control plane to the same paths on this machine, then join without --certificate-key',
  })
}

function keyOf(certificateKey: string): Buffer {
  const key = parseCertificateKey(certificateKey)
  if (key === undefined) throw new Error('the certificate key was not checked')
  return key
}
