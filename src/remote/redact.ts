import {KadmError} from '../domain/errors.ts'
import {quote} from './shell/shell.ts'

/** Removes secrets from any text that goes to a log, an error or an event. */
export interface Redactor {
  /** From now on this value is hidden, also in its base64, JSON and shell-quoted forms. Values under four characters are too common to hide. */
  readonly add: (secret: string) => void
  readonly clean: (text: string) => string
  /** The same error with clean texts. */
  readonly cleanError: (error: KadmError) => KadmError
}

const HIDDEN = '[secret]'
const SHORTEST = 4
const LINE = 16

const PRIVATE_KEY = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g
/** "-----BEGIN PRIVATE", "… RSA", "… EC", "… OPENSSH", "… ENCRYPTED" as a kubeconfig holds them. */
const ENCODED_KEY = /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0Eg|BFQy|BPUEVOU1NI|BFTkNSWVBURU)[A-Za-z0-9+/=]*/g
/** A bootstrap token; its id is public and stays, so that you can identify the token. */
const TOKEN = /(?<![A-Za-z0-9])([a-z0-9]{6})\.[a-z0-9]{16}(?![A-Za-z0-9])/g

/** Starts with the secrets that have a known shape, and those given. */
export const createRedactor = (secrets: readonly string[] = []): Redactor => {
  const values = new Set<string>()
  let ordered: readonly string[] = []

  const add = (secret: string): void => {
    for (const form of forms(secret)) values.add(form)
    ordered = [...values].sort((a, b) => b.length - a.length)
  }
  const clean = (text: string): string => {
    const known = hideAll(text, ordered)
    const shaped = known.replace(PRIVATE_KEY, HIDDEN).replace(ENCODED_KEY, HIDDEN)
    return shaped.replace(TOKEN, `$1.${HIDDEN}`)
  }
  const cleanError = (error: KadmError): KadmError =>
    new KadmError(error.code, clean(error.message), {
      host: error.host,
      hint: error.hint === undefined ? undefined : clean(error.hint),
      evidence: error.evidence === undefined ? undefined : clean(error.evidence),
      isSilent: error.isSilent,
      cause: error.cause,
    })
  secrets.forEach(add)
  return {add, clean, cleanError}
}

const forms = (secret: string): readonly string[] => {
  const lines = secret.split(/\r?\n/)
  const parts = lines.length > 1 ? [secret, ...lines.filter(line => line.trim().length >= LINE)] : [secret]
  const all = parts.flatMap(part => [
    part,
    part.trim(),
    quote(part),
    JSON.stringify(part).slice(1, -1),
    Buffer.from(part).toString('base64').replace(/=+$/, ''),
    Buffer.from(part).toString('base64url'),
    encodeURIComponent(part.toWellFormed()),
  ])
  return all.filter(form => form.length >= SHORTEST)
}

/** Hides every part of the text that a secret covers; overlapping secrets become one. */
const hideAll = (text: string, secrets: readonly string[]): string => {
  const spans = secrets.flatMap(secret => occurrences(text, secret)).sort((a, b) => a.from - b.from)
  let out = ''
  let at = 0
  for (const {from, to} of spans) {
    if (to <= at) continue
    if (from >= at) out += text.slice(at, from) + HIDDEN
    at = to
  }
  return out + text.slice(at)
}

const occurrences = (text: string, secret: string): readonly {readonly from: number; readonly to: number}[] => {
  const found = []
  for (let from = text.indexOf(secret); from !== -1; from = text.indexOf(secret, from + 1))
    found.push({from, to: from + secret.length})
  return found
}
