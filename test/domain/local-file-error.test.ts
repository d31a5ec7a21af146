import {constants} from 'node:os'
import {expect, test} from 'vitest'
import {localFileError} from '../../src/domain/local-file-error.ts'
import {exitCodeOf} from '../../src/ui/exit-code.ts'
import {errorAsData} from '../../src/ui/render-error.ts'

const fault = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(`${code}: something, ${syscall}`), {code, syscall, ...(path === undefined ? {} : {path})})

/** What open(2), read(2), write(2), stat(2), mkdir(2), rename(2), readlink(2) and unlink(2) may give for a path, by their manual pages. */
const CODES = [
  'EACCES EAGAIN EBUSY EDQUOT EEXIST EFBIG EINVAL EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT',
  'ENOMEM ENOSPC ENOTDIR ENOTEMPTY ENXIO EOVERFLOW EPERM EROFS ESTALE ETXTBSY EXDEV EILSEQ',
]
  .join(' ')
  .split(' ')

test.each(CODES)('%s of a local file is for the person to put right, whichever call gave it', code => {
  expect(constants.errno).toHaveProperty(code)
  for (const syscall of ['open', 'read', 'write', 'stat', 'scandir', 'mkdir', 'rename', 'realpath', 'copyfile']) {
    const error = fault(code, syscall, '/home/me/.ssh/config')

    expect(exitCodeOf(error)).toBe(2)
    expect(exitCodeOf(new AggregateError([error]))).toBe(2)
    expect(errorAsData(error)).toEqual([
      expect.objectContaining({code: 'config', message: expect.stringContaining('/home/me/.ssh/config: ') as string}),
    ])
  }
})

test.each(['connect', 'spawn ssh', 'listen', 'getaddrinfo', 'kill'])('%s concerns no file', syscall => {
  expect(localFileError(fault('EACCES', syscall, '/run/agent'))).toBeUndefined()
  expect(exitCodeOf(fault('ENOENT', syscall))).toBe(70)
})

test('a mistake of kadm stays one', () => {
  expect(exitCodeOf(new TypeError('x is undefined'))).toBe(70)
})

test('names the file as the person did, and what to do', () => {
  expect(localFileError(fault('EISDIR', 'read'), {path: 'kadm.yaml', doing: 'read', hint: 'see --file'})).toMatchObject(
    {
      code: 'config',
      message: 'cannot read kadm.yaml: it is a folder',
      hint: 'see --file; name a file',
    },
  )
})

test('repeats a path as it is, whatever characters it has', () => {
  expect(localFileError(fault('EBUSY', 'open'), {path: "$'a$&b.yaml"})?.hint).toContain("fuser -v $'a$&b.yaml")
})
