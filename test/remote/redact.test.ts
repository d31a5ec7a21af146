import fc from 'fast-check'
import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {createRedactor} from '../../src/remote/redact.ts'

const secret = fc.string({minLength: 4, maxLength: 60, unit: 'binary'}).filter(s => !'[secret]'.includes(s))

test('hides every registered value, wherever it stands and however values overlap', () => {
  fc.assert(
    fc.property(
      fc.array(secret, {minLength: 1, maxLength: 4}),
      fc.array(fc.string({unit: 'binary'})),
      (secrets, around) => {
        const redactor = createRedactor(secrets)
        const text = secrets.map((s, i) => `${around[i] ?? ''}${s}${s.slice(1)}${s}`).join('|')

        const clean = redactor.clean(text).replaceAll('[secret]', '\u{10FFFF}')

        for (const value of secrets) expect(clean).not.toContain(value)
      },
    ),
  )
})

test('hides a value also as base64, JSON and quoted for the shell', () => {
  const redactor = createRedactor([`pass"word's ünïque`])
  const forms = [
    Buffer.from(`pass"word's ünïque`).toString('base64'),
    JSON.stringify({password: `pass"word's ünïque`}),
    `'pass"word'\\''s ünïque'`,
  ]

  for (const form of forms) expect(redactor.clean(form)).toMatch(/^[^p]*(password)?[^p]*\[secret\]/)
})

test('hides bootstrap tokens but not their public ids', () => {
  const letter = fc.nat(35).map(n => n.toString(36))
  const part = (length: number) => fc.array(letter, {minLength: length, maxLength: length}).map(c => c.join(''))
  const outside = fc.constantFrom(' ', '"', '\n', ',', '=', "'", ':', '/', '')
  fc.assert(
    fc.property(part(6), part(16), outside, outside, (id, value, before, after) => {
      const clean = createRedactor().clean(`x --token${before === '' ? ' ' : before}${id}.${value}${after}`)

      expect(clean).toContain(`${id}.[secret]`)
      expect(clean).not.toContain(value)
    }),
  )
})

test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
  'hides a PEM %s, whole or cut, and as a kubeconfig holds it',
  kind => {
    const pem = `-----BEGIN ${kind}-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n-----END ${kind}-----\n`
    const {clean} = createRedactor()

    expect(clean(`a\n${pem}b`)).toBe('a\n[secret]\nb')
    expect(clean(`a\n${pem.slice(0, 60)}`)).toBe('a\n[secret]')
    expect(clean(`client-key-data: ${Buffer.from(pem).toString('base64')}`)).toBe('client-key-data: [secret]')
  },
)

test('leaves certificates, hashes and ordinary words as they are', () => {
  const text = [
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB').toString('base64'),
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'master.kubernetes-demo.example kubernetes.default.svc',
  ].join('\n')

  expect(createRedactor().clean(text)).toBe(text)
})

test('hides each line of a secret of several lines, as a diff shows it', () => {
  const {clean} = createRedactor(['first line of the secret\nsecond line of the secret\n'])

  expect(clean('+second line of the secret')).toBe('+[secret]')
})

test('cleans all texts of an error and keeps the rest of it', () => {
  const {cleanError} = createRedactor(['hunter22'])
  const cause = new Error('inner')

  const clean = cleanError(
    new KadmError('remote', 'a hunter22', {host: 'h', hint: 'b hunter22', evidence: 'c hunter22', cause}),
  )

  expect(clean).toMatchObject({
    code: 'remote',
    message: 'a [secret]',
    host: 'h',
    hint: 'b [secret]',
    evidence: 'c [secret]',
    cause,
  })
})
