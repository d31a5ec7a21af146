import {inspectIfReadable} from '../../certs/inspect.ts'
import {KadmError} from '../../domain/errors.ts'
import type {SharedFile, SharedTexts} from '../../domain/shared-certs.ts'
import type {KubeClient} from '../../kube/client.ts'
import {downloadCerts} from '../../kube/uploaded-certs.ts'
import type {Host} from '../../remote/host.ts'
import {readSharedFiles} from '../../resources/pki/shared-files.ts'

export interface Sharing {
  /** The machine that becomes a control plane. */
  readonly host: Pick<Host, 'name' | 'read'>
  readonly files: readonly SharedFile[]
  /** The CA of the cluster, as discovery verified it. */
  readonly caPem: string
  readonly certificateKey: string | undefined
  /** With the rights of a token. */
  readonly api: KubeClient
  readonly signal: AbortSignal
}

/**
 * The files that control planes share. Those on the machine count first, so that a second run also works when the
 * upload has ended. Throws before anything is changed.
 */
export async function sharedTexts({host, files, caPem, certificateKey, api, signal}: Sharing): Promise<SharedTexts> {
  const onMachine = await readSharedFiles(host, files, signal)
  const missing = files.filter(({entry}) => onMachine.get(entry) === '')
  if (certificateKey === undefined) refuseMissing(host.name, missing)
  const shared =
    missing.length === 0 || certificateKey === undefined
      ? onMachine
      : await downloadCerts(api, files, certificateKey, {signal})
  const own = inspectIfReadable(shared.get('ca.crt') ?? '')?.publicKeyHash
  if (own !== undefined && own === inspectIfReadable(caPem)?.publicKeyHash) return shared
  throw new KadmError('preflight', 'ca.crt is not the CA of the cluster at the given address', {
    host: host.name,
    hint: 'remove the host from its former cluster first: kadm reset',
  })
}

function refuseMissing(host: string, missing: readonly SharedFile[]): void {
  if (missing.length === 0) return
  const paths = missing.map(({path}) => path).join(', ')
  throw new KadmError('config', `this machine lacks files that all control planes share: ${paths}`, {
    host,
    hint: 'pass --certificate-key, which kadm certs upload prints on a control plane; or copy the files from there to the same paths',
  })
}
