import {createHash, randomBytes} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {snapshotParts} from '../../src/kube/etcd/etcd-snapshot.ts'

const database = randomBytes(100_000)
const whole = Buffer.concat([database, createHash('sha256').update(database).digest()])

/** The stream of the gateway: one document a line for each part. */
const documents = (bytes: Buffer, size: number): string =>
  Array.from({length: Math.ceil(bytes.length / size)}, (_, i) => {
    const blob = bytes.subarray(i * size, (i + 1) * size)
    const left = bytes.length - i * size - blob.length
    return `${JSON.stringify({result: {remaining_bytes: String(left), blob: blob.toString('base64')}})}\n`
  }).join('')

async function* chunks(text: string, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve()
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

async function read(text: string, chunkSize = 999): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const {bytes} of snapshotParts(chunks(text, chunkSize), 'cp-1')) parts.push(bytes)
  return Buffer.concat(parts)
}

describe('the stream of a snapshot', () => {
  it.each([7, 999, 1_000_000])('is the whole file, however it is cut (%i bytes)', async chunkSize => {
    expect((await read(documents(whole, 30_011), chunkSize)).equals(whole)).toBe(true)
  })

  it('is refused when a byte of it changed', async () => {
    const altered = Buffer.from(whole)
    altered[5] = (altered[5] ?? 0) ^ 1
    await expect(read(documents(altered, 30_000))).rejects.toThrow('its sha256 does not match')
  })

  it('is refused when it ends early, and when it never began', async () => {
    const text = documents(whole, 30_000)
    const lines = text.split('\n')
    await expect(read(lines.slice(0, 2).join('\n'))).rejects.toThrow('ended before the last byte')
    await expect(read('')).rejects.toThrow('ended before the last byte')
  })

  it('passes on what etcd says in the middle of it', async () => {
    const first = documents(whole, 30_000).split('\n')[0] ?? ''
    const refusal = JSON.stringify({error: {code: 14, message: 'etcdserver: no leader'}})
    await expect(read(`${first}\n${refusal}\n`)).rejects.toMatchObject({reason: 'no-leader'})
  })
})
