import {spawn} from 'node:child_process'
import {machineOf} from './ssh.ts'
import type {KadmAnswer} from './run-kadm.ts'
import type {TestLab} from './test-lab.ts'

/** Every private key and token a node has now, in pieces that would be seen wherever one is printed. */
export async function secretsOn({must}: Pick<TestLab, 'must'>, machine: string): Promise<readonly string[]> {
  const text = await must(
    machine,
    `sudo sh -c 'cat /etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key /var/lib/kubelet/pki/*.pem 2>/dev/null
cat /etc/kubernetes/*.conf /home/*/.kube/config 2>/dev/null; :'`,
  )
  const keys = [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----\n([^-]*)-----END/g)].flatMap(([, body = '']) =>
    body.trim().split('\n'),
  )
  const inline = [...text.matchAll(/client-key-data: "?([\w+/=]+)/g)].map(([, data = '']) => data)
  const decoded = inline.flatMap(data => Buffer.from(data, 'base64').toString().split('\n').slice(1, -2))
  const tokens = [...text.matchAll(/\btoken: "?([a-z0-9]{6}\.[a-z0-9]{16})\b/g)].map(([, token = '']) => token)
  // The first line of a key begins the same for all keys of a kind.
  return [...new Set([...keys, ...decoded, ...inline.map(data => data.slice(200, 260)), ...tokens])].filter(
    piece => piece.length >= 23 && !/^MII[A-Za-z]{1,6}[IBAK]+/.test(piece),
  )
}

/** Where one of the secrets stands in what the tool printed. */
export const toldSecrets = (said: readonly KadmAnswer[], secrets: readonly string[]): readonly string[] =>
  said.flatMap(({args, stdout, stderr}) =>
    secrets
      .filter(secret => stdout.includes(secret) || stderr.includes(secret))
      .map(secret => `kadm ${args.join(' ')}: ${secret.slice(0, 12)}…`),
  )

export interface Watch {
  /** Ends it; gives the command lines that were seen, and the tokens that lay on the machine for a while. */
  readonly end: () => Promise<{readonly commands: ReadonlySet<string>; readonly tokens: readonly string[]}>
}

const WATCH = String.raw`
exec 3<&0
(cat <&3 >/dev/null; kill $$) &
while ps -eww -o args=; do
  sed -n 's/.*token: "\{0,1\}\([a-z0-9]\{6\}\.[a-z0-9]\{16\}\).*/TOKEN \1/p' /etc/kubernetes/bootstrap-kubelet.conf 2>/dev/null
  sleep 0.2
done`

/** Looks at the command lines of all processes of a machine, several times a second, as anyone logged in there could. */
export function watchCommands({lab}: Pick<TestLab, 'lab'>, machine: string): Watch {
  const {address, user, keyFile} = machineOf(lab, machine)
  const options = ['-F', '/dev/null', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${lab.knownHostsFile}`]
  const command = `exec sudo sh -c "$(echo ${Buffer.from(WATCH).toString('base64')} | base64 -d)"`
  const child = spawn('ssh', ['-i', keyFile, ...options, `${user}@${address}`, command], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = new Set<string>()
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.add(part)
  })
  const ended = new Promise(resolve => child.once('close', resolve))
  return {
    end: async () => {
      child.stdin.end()
      await ended
      const tokens = [...lines].flatMap(line => (line.startsWith('TOKEN ') ? [line.slice(6)] : []))
      return {commands: lines, tokens}
    },
  }
}
