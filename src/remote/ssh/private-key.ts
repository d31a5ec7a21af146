const MAGIC = 'openssh-key-v1\0'

/** Whether a private key is encrypted with a passphrase; false when the text is not a private key. */
export const keyNeedsPassphrase = (text: string): boolean => {
  if (/^Proc-Type: *4, *ENCRYPTED/m.test(text)) return true
  if (text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) return true
  if (/^PuTTY-User-Key-File-\d/.test(text)) return /^Encryption: (?!none)/m.test(text)
  const openssh = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)
  if (openssh?.[1] === undefined) return false
  const bytes = Buffer.from(openssh[1], 'base64')
  if (!bytes.toString('latin1').startsWith(MAGIC) || bytes.length < MAGIC.length + 4) return false
  const length = bytes.readUInt32BE(MAGIC.length)
  return bytes.toString('latin1', MAGIC.length + 4, MAGIC.length + 4 + length) !== 'none'
}
