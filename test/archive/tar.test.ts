import {execFileSync} from 'node:child_process'
import {describe, expect, it} from 'vitest'
import {tarEnd, tarFile, tarHeader} from '../../src/archive/tar.ts'

const listed = (...parts: readonly Buffer[]): string =>
  execFileSync('tar', ['--utc', '-tvf', '-'], {input: Buffer.concat([...parts, tarEnd()])}).toString()

describe('a tar archive', () => {
  it('says the same about each entry to the tar of the system, whenever it was made', () => {
    expect(
      listed(
        ...tarFile('a/b', Buffer.from('content')),
        tarHeader({kind: 'directory', path: 'c', mode: 0o700}),
        tarHeader({kind: 'symlink', path: 'd', target: 'a/b'}),
      ),
    ).toBe(
      [
        '-rw-r--r-- 0/0               7 1970-01-01 00:00 a/b',
        'drwx------ 0/0               0 1970-01-01 00:00 c/',
        'lrwxrwxrwx 0/0               0 1970-01-01 00:00 d -> a/b',
        '',
      ].join('\n'),
    )
  })

  it('can say when a file was made, and who owns it', () => {
    const header = tarHeader({kind: 'file', path: 'a', mode: 0o600, size: 0}, {seconds: 86_400, owner: 'root'})
    expect(listed(header)).toBe('-rw------- root/root         0 1970-01-02 00:00 a\n')
  })

  it.each(['x'.repeat(101), 'ä'.repeat(51)])('takes no name that does not fit: %s', path => {
    expect(() => tarHeader({kind: 'file', path, mode: 0o600, size: 0})).toThrow(`too long for a tar file: ${path}`)
  })

  it('takes no file that is too large', () => {
    expect(() => tarHeader({kind: 'file', path: 'a', mode: 0o600, size: 8 ** 11})).toThrow('a is too large')
  })
})
