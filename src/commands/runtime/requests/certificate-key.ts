import {certificateKeyFault} from '../../../domain/certificate-key.ts'
import {KadmError} from '../../../domain/errors.ts'

/** The value of --certificate-key, checked; an error never contains it. */
export function checkedCertificateKey(given: string | undefined): string | undefined {
  const fault = given === undefined ? undefined : certificateKeyFault(given)
  if (fault === undefined) return given
  throw new KadmError('usage', `--certificate-key is not a certificate key: ${fault}`, {
    hint: 'copy the key that `kadm certs upload` printed, or create a new one: kadm certs certificate-key',
  })
}
