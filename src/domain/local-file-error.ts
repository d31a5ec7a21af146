import {KadmError} from './errors.ts'

interface Reason {
  /** What is wrong, after "cannot open FILE: ". */
  readonly why: string
  readonly next: string
}

const FREE_SPACE = 'free some space (df -h), or use another path'
const RIGHTS = 'check its owner and mode (ls -ld), and run the command as a user with access'

/** The error codes of errno(3) that the file system gives, and Node's own for files. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOENT: {why: 'the file or folder does not exist', next: 'correct the path'},
  EACCES: {why: 'permission denied', next: RIGHTS},
  EPERM: {why: 'the operation is not permitted', next: RIGHTS},
  EISDIR: {why: 'it is a folder', next: 'name a file'},
  ERR_FS_EISDIR: {why: 'it is a folder', next: 'name a file'},
  ENOTDIR: {why: 'a part of its path is a file, not a folder', next: 'correct the path'},
  ELOOP: {why: 'its symbolic links form a loop', next: 'check the links with ls -l, and correct them'},
  EROFS: {why: 'the file system is read-only', next: 'name a file on another file system, or mount that one writable'},
  ENAMETOOLONG: {why: 'its name is too long', next: 'name a shorter path'},
  ENOSPC: {why: 'no space is left on the device', next: FREE_SPACE},
  EDQUOT: {why: 'your disk quota is used up', next: FREE_SPACE},
  EFBIG: {why: 'it is too large', next: 'name another file'},
  ERR_FS_FILE_TOO_LARGE: {why: 'it is too large', next: 'name another file'},
  EOVERFLOW: {why: 'it is too large', next: 'name another file'},
  EEXIST: {why: 'it already exists', next: 'name another path, or remove that one'},
  ENOTEMPTY: {why: 'the folder is not empty', next: 'name another folder, or empty that one'},
  EXDEV: {why: 'it is on another file system', next: 'name a path on the same file system'},
  EBUSY: {why: 'it is in use', next: 'find the program that uses it: fuser -v FILE'},
  ETXTBSY: {why: 'it is a running program', next: 'find the process that runs it: fuser -v FILE'},
  EMFILE: {why: 'too many files are open', next: 'raise the limit: ulimit -n 4096'},
  ENFILE: {why: 'too many files are open', next: 'close other programs on this computer'},
  EIO: {why: 'the disk gave an input/output error', next: 'check dmesg on this computer'},
  ESTALE: {why: 'the file handle is stale on the network file system', next: 'mount that file system again'},
  ENXIO: {why: 'no process has opened the other end of it', next: 'use a regular file'},
  ENODEV: {why: 'it cannot be opened as a file', next: 'use a regular file'},
  EINVAL: {why: 'the file system refuses it', next: 'use a regular file'},
  EILSEQ: {why: 'the file system refuses its name', next: 'name another path'},
  ENOMEM: {why: 'this computer is out of memory', next: 'close other programs on this computer'},
  EAGAIN: {why: 'it is locked or has no data yet', next: 'run the same kadm command again'},
  ECANCELED: {why: 'the operation was cancelled', next: 'run the same kadm command again'},
}

/** Calls of Node that concern no file, and whose errors have the same codes. */
const OTHER_CALLS = /^(spawn|connect|listen|bind|getaddrinfo|getnameinfo|query|send|recv|kill|setsockopt)/

interface FileError extends Error {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
  readonly dest?: string
}

/** Whether an error is the file system's of the computer kadm runs on, whichever call gave it. */
export const isFileError = (error: unknown): error is FileError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  Object.hasOwn(REASONS, error.code) &&
  (error.code.startsWith('ERR_FS_') || ('syscall' in error && !OTHER_CALLS.test(String(error.syscall))))

/** Whether an error says that a file is not there; a path through a file leads to nothing either. */
export const isMissing = (error: unknown): boolean =>
  isFileError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** What is wrong with a local file, in a few words; undefined for an error that does not come from the file system. */
export const whyNoFile = (error: unknown): string | undefined =>
  isFileError(error) ? REASONS[error.code]?.why : undefined

export interface FileUse {
  /** The file as the person named it; the error's own path where left out. */
  readonly path?: string | undefined
  readonly doing?: 'read' | 'write' | undefined
  /** What to do next, where that is known better here. */
  readonly hint?: string | undefined
}

/** A file system's error as one that a person can act on (exit code 2); undefined for any other error. */
export function localFileError(error: unknown, {path, doing, hint}: FileUse = {}): KadmError | undefined {
  if (!isFileError(error)) return undefined
  const reason = REASONS[error.code]
  if (reason === undefined) return undefined
  const verb = doing === undefined ? 'open' : doing
  const file =
    path ?? error.dest ?? error.path ?? (error.syscall === 'uv_cwd' ? 'the current folder' : 'a file of this computer')
  const next = reason.next.replaceAll('FILE', () => file)
  return new KadmError('config', `cannot ${verb} ${file}: ${reason.why}`, {
    hint: hint === undefined ? next : `${hint}; ${next}`,
    evidence: error.message,
    cause: error,
  })
}
