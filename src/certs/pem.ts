const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)-----END \1-----/g

export interface PemBlock {
  readonly label: string
  readonly der: Buffer
}

/** Every block of a PEM text, in order; anything between them is skipped. */
export const pemBlocks = (text: string): readonly PemBlock[] =>
  [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({label, der: Buffer.from(body, 'base64')}))

/** PEM as Go's encoding/pem writes it: lines of 64, a newline at the end. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The first certificate of a file; kubeadm, too, takes the first of a bundle as the CA. */
export const firstCertificate = (text: string): Buffer | undefined =>
  pemBlocks(text).find(block => block.label === 'CERTIFICATE')?.der
