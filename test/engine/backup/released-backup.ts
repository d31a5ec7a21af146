import {createHash} from 'node:crypto'

const field = (text: string, length: number): string => text.padEnd(length, '\0')
const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')

function header(name: string, size: number, seconds: number): Buffer {
  const owner = field('root', 32)
  const block = (sum: string): Buffer => {
    const numbers = `0000600\0${'0000000\0'.repeat(2)}${octal(size, 11)}\0${octal(seconds, 11)}\0${sum}`
    return Buffer.from(field(`${field(name, 100)}${numbers}0${field('', 100)}ustar\x0000${owner}${owner}`, 512))
  }
  const sum = block(' '.repeat(8)).reduce((total, byte) => total + byte, 0)
  return block(`${octal(sum, 6)}\0 `)
}

/** A backup in the form that each version of kadm must open, made without the code of kadm. */
export function releasedBackup(
  files: readonly {readonly name: string; readonly content: string | Buffer}[],
  seconds: number,
): Buffer {
  const sums = files.map(({name, content}) => `${createHash('sha256').update(content).digest('hex')}  ${name}\n`)
  const parts = [...files, {name: 'SHA256SUMS', content: sums.join('')}].flatMap(({name, content}) => {
    const bytes = Buffer.from(content)
    return [header(name, bytes.length, seconds), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
