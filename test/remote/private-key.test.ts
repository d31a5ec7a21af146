import {generateKeyPairSync} from 'node:crypto'
import {expect, test} from 'vitest'
import {keyNeedsPassphrase} from '../../src/remote/ssh/private-key.ts'

const openssh = (cipher: string): string => {
  const name = Buffer.from(cipher)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(name.length)
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, name, Buffer.alloc(40)]).toString('base64')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`
}
const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
const locked = {cipher: 'aes-256-cbc', passphrase: 'x', format: 'pem'} as const

test.each([
  ['an OpenSSH key with a passphrase', openssh('aes256-ctr'), true],
  ['an OpenSSH key without', openssh('none'), false],
  ['a locked PKCS#8 key', privateKey.export({...locked, type: 'pkcs8'}), true],
  ['an open PKCS#8 key', privateKey.export({format: 'pem', type: 'pkcs8'}), false],
  ['a locked EC key', privateKey.export({...locked, type: 'sec1'}), true],
  ['an open EC key', privateKey.export({format: 'pem', type: 'sec1'}), false],
  ['a locked PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n', true],
  ['an open PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', false],
  ['something else', 'hello', false],
  ['nothing', '', false],
])('%s: %#', (_, text, needs) => {
  expect(keyNeedsPassphrase(text.toString())).toBe(needs)
})
