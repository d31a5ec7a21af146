/**
 * What runs on the machine around each script, and what is said to it. One constant command line for every script, so that nothing
 * of a script (and no secret) is ever in an argument list, and so that any login shell (bash, fish, csh, zsh) reads it the same:
 * plain words and one single-quoted word without quote, backslash, newline or exclamation mark.
 *
 * The command's stdin is a small protocol: `kadm:<bytes>` and the script, then content in counted pieces, `0` at its end, and then
 * nothing until the caller closes it. So the end of stdin means "stop" and never "that was all": a cut connection ends the script's
 * process group, and half a stream is never taken for a whole one. A line before the header (an unread sudo password) is skipped.
 */
const COPY = 'dd bs=65536 iflag=fullblock,count_bytes status=none'

const SUPERVISOR = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; LC_ALL=C; export PATH LC_ALL; umask 022; cd /; exec 3<&0',
  'echo "kadm:begin $PPID."; echo "kadm:begin $PPID." >&2',
  'n=; while [ -z "$n" ] && read -r l <&3; do case $l in kadm:*) n=${l#kadm:};; esac; done',
  `s=$(${COPY} count=\${n:-0} <&3)`,
  'case $s in *"#kadm:end") ;; *) exit 125;; esac',
  '{ ( trap "" TERM HUP INT',
  'while read -r n || n=cut; do case $n in 0) exec >/dev/null; cat; break;; cut) break;; esac',
  `${COPY} count=$n || { exec >/dev/null; cat; break; }; done`,
  'kill -0 $$ && { kill -TERM 0; sleep 5; kill -KILL 0; }',
  ') <&3 3<&- 2>/dev/null & } | ( exec 3<&-; eval "$s" )',
].join('; ')

/** How the login user becomes who runs the script. */
export type Become = 'nobody' | 'sudo' | 'sudo-with-password'

const SUDO = {
  nobody: [],
  sudo: ['sudo', '-n'],
  'sudo-with-password': ['sudo', '-S', '-p', ''],
} as const satisfies Record<Become, readonly string[]>

/** The command as argument list; `timeout` makes the process group and is the backstop when the far side hears nothing any more. */
export const supervised = (become: Become, seconds: number): readonly [string, ...string[]] => [
  'env',
  'LC_ALL=C',
  ...SUDO[become],
  'timeout',
  '-k',
  '5',
  String(seconds),
  '/bin/sh',
  '-c',
  SUPERVISOR,
  'kadm',
]

/** Asks sudo itself whether the password on stdin is right, whatever it remembers. */
export const PASSWORD_CHECK = ['env', 'LC_ALL=C', 'sudo', '-k', '-S', '-p', '', 'true'] as const

/** Says that a command reaches its program, and nothing else. */
export const ECHO = ['env', 'LC_ALL=C', 'echo', 'kadm:echo'] as const
export const ECHOED = 'kadm:echo'

/** Lists what the login user may do with sudo, where that needs no password. */
export const RIGHTS = ['env', 'LC_ALL=C', 'sudo', '-n', '-l'] as const

const PLAIN = /^[\w=/.-]+$/

/** One line for the login user's own shell, whichever that is. */
export const commandLine = (words: readonly string[]): string =>
  `exec ${words.map(word => (PLAIN.test(word) ? word : `'${word}'`)).join(' ')}`

const END = '\n#kadm:end'

/** What goes before the content. */
export const opening = (script: string, password: string | undefined): Buffer => {
  const body = Buffer.from(`${script}${END}`)
  const line = password === undefined ? '' : `${password}\n`
  return Buffer.concat([Buffer.from(`${line}kadm:${String(body.length)}\n`), body])
}

/** Content is over; stdin stays open. */
export const CONTENT_END = '0\n'

/** The line that goes before `length` bytes of content. */
export const pieceHeader = (length: number): string => `${String(length)}\n`

/** Ends a process group that did not hear the end of its stdin because it reads none. */
export const endGroup = (group: number): string => {
  const g = String(group)
  return [
    `kill -TERM -${g} 2>/dev/null || exit 0`,
    'i=0',
    `while [ $i -lt 50 ] && kill -0 -${g} 2>/dev/null; do sleep 0.1; i=$((i+1)); done`,
    `kill -KILL -${g} 2>/dev/null || true`,
  ].join('\n')
}
