/** An AES-256 key in hex, with which kubeadm encrypts the certificates in Secret kubeadm-certs. */
const DIGITS = 64

/** The 32 bytes of a certificate key; undefined for anything else. */
export const parseCertificateKey = (text: string): Buffer | undefined =>
  /^[0-9a-f]+$/i.test(text) && text.length === DIGITS ? Buffer.from(text, 'hex') : undefined

/** What is wrong with a certificate key, without the key itself; undefined when nothing is. */
export function certificateKeyFault(text: string): string | undefined {
  if (parseCertificateKey(text) !== undefined) return undefined
  if (!/^[0-9a-f]*$/i.test(text)) return 'it contains characters that are not hexadecimal digits'
  return `it has ${String(text.length)} hexadecimal digits instead of ${String(DIGITS)}`
}
