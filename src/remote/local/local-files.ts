import {closeSync, constants, openSync, readdirSync, readSync, statSync, writeFileSync} from 'node:fs'
import {mkdir, open, rename, rm, stat} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {isFileError, isMissing, localFileError} from '../../domain/local-file-error.ts'

/** No key, configuration or list of host keys is larger than this; a larger file is a mistake. */
const MOST_BYTES = 64 * 1024 * 1024
const PIECE = 256 * 1024
/** What a shell's `<(command)` and `-f /dev/stdin` give: pipes that a program does write to. */
const GIVEN_BY_SHELL = /^\/(dev\/(stdin$|fd\/)|proc\/self\/fd\/)/

/** The text of a file that the user named; throws `config` with its path for one that cannot be read as text. */
export function readLocalText(path: string, hint?: string): string {
  const text = readLocalTextIfThere(path, hint)
  if (text !== undefined) return text
  throw new KadmError('config', `cannot read ${path}: the file does not exist`, {hint: hint ?? 'correct the path'})
}

/** As `readLocalText`; undefined where there is no such file. */
export function readLocalTextIfThere(path: string, hint?: string): string | undefined {
  try {
    return textOf(readBytes(path), path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw localFileError(error, {path, doing: 'read', hint}) ?? error
  }
}

/** The text files of a folder, by name; undefined where there is no such folder. Folders below it do not count. */
export function readLocalFolder(path: string): readonly {readonly name: string; readonly text: string}[] | undefined {
  try {
    return readdirSync(path, {withFileTypes: true})
      .filter(entry => !entry.isDirectory())
      .map(({name}) => ({name, text: readLocalText(join(path, name))}))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw localFileError(error, {path, doing: 'read'}) ?? error
  }
}

/** All of a file; a pipe or a device that nobody feeds is refused instead of being waited for. */
export function readBytes(path: string): Buffer {
  const found = statSync(path)
  const isGiven = GIVEN_BY_SHELL.test(path)
  if (found.isFIFO() && !isGiven) throw unfit(path, 'it is a named pipe')
  if (found.isSocket()) throw unfit(path, 'it is a socket')
  if (found.isBlockDevice()) throw unfit(path, 'it is a disk')
  if (found.size > MOST_BYTES) throw unfit(path, 'it is larger than 64 MB')
  const file = openSync(path, isGiven ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return readPieces(file, path)
  } finally {
    closeSync(file)
  }
}

function readPieces(file: number, path: string): Buffer {
  const pieces: Buffer[] = []
  for (let size = 0; size <= MOST_BYTES;) {
    const piece = Buffer.alloc(PIECE)
    const length = readSync(file, piece)
    if (length === 0) return Buffer.concat(pieces)
    pieces.push(piece.subarray(0, length))
    size += length
  }
  throw unfit(path, 'it is larger than 64 MB')
}

const unfit = (path: string, why: string): KadmError =>
  new KadmError('config', `cannot read ${path}: ${why}`, {hint: 'use the path of a regular file'})

/** Text is UTF-8; a file that Windows wrote as UTF-16 is named as such. */
export function textOf(bytes: Buffer, path: string): string {
  const start = bytes.subarray(0, 2).toString('hex')
  try {
    if (start === 'fffe' || start === 'feff') throw new TypeError('UTF-16')
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const is = start === 'fffe' || start === 'feff' ? 'it is UTF-16 text, not UTF-8' : 'it is not UTF-8 text'
    throw new KadmError('config', `cannot read ${path}: ${is}`, {hint: 'save it as UTF-8, or use another file', cause})
  }
}

/** Writes over a file that was read before; throws `config` with its path when it cannot. */
export function writeLocalText(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw localFileError(error, {path, doing: 'write'}) ?? error
  }
}

/** Makes a folder and those above it. Not with `recursive`: Node never ends where the kernel says of a folder that is there "no such file" (/proc). */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const folder = resolve(path)
  const missing: string[] = []
  for (let at = folder; !(await isFolder(at)); at = dirname(at)) missing.unshift(at)
  for (const at of missing) {
    try {
      await mkdir(at, {mode})
    } catch (error) {
      // Another process may have created it first.
      if (!isFileError(error) || error.code !== 'EEXIST' || !(await isFolder(at)))
        throw localFileError(error, {path: at, doing: 'write'}) ?? error
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory() || path === dirname(path)
  } catch (error) {
    if (isMissing(error)) return false
    throw localFileError(error, {path, doing: 'write'}) ?? error
  }
}

/** Gives a file its whole new content in one step, with this mode; throws `config` with its path when that fails, and leaves nothing beside it. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.kadm-${String(process.pid)}`
  try {
    await writeNew(beside, text, mode)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, {force: true}).catch(() => undefined)
    throw localFileError(error, {path, doing: 'write'}) ?? error
  }
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'w', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
