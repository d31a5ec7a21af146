import {expect, test} from 'vitest'
import {commandLine, opening, PASSWORD_CHECK, supervised} from '../../src/remote/supervisor/remote-supervisor.ts'

test('the command lines are these', async () => {
  const lines = [
    commandLine(supervised('nobody', 150)),
    commandLine(supervised('sudo', 150)),
    commandLine(supervised('sudo-with-password', 150)),
    commandLine(PASSWORD_CHECK),
  ]

  await expect(`${lines.join('\n\n')}\n`).toMatchFileSnapshot('golden/command-lines.txt')
})

test('a command line means the same to sh, bash, zsh, fish and csh: nothing that any of them expands inside single quotes', () => {
  const line = commandLine(supervised('sudo-with-password', 1))

  expect(line).not.toMatch(/[\\\n!]/)
  expect(line.match(/'/g)).toHaveLength(4)
  expect(line.replaceAll(/'[^']*'/g, '')).toMatch(/^[\w=/. -]*$/)
})

test('what is said first is the password, then the length of the script in bytes, then the script', () => {
  expect(opening('echo ü', 'pw').toString()).toBe('pw\nkadm:17\necho ü\n#kadm:end')
  expect(opening('', undefined).toString()).toBe('kadm:10\n\n#kadm:end')
})
