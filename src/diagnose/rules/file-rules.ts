import {CA_NAMES, certPath, keyPath, SA_KEY, SA_PUB} from '../../domain/certificates.ts'
import type {LackingFile} from '../../domain/evidence.ts'
import {AUTHORITY_BACK} from '../../domain/lost-authority.ts'
import type {Rule} from '../diagnosis.ts'
import {AGAIN, group, logRule} from '../rule.ts'

/** How a file of /etc/kubernetes comes back. What cannot be made twice comes from a copy. */
export function backAgain(path: string): string {
  const authority = CA_NAMES.find(name => path === certPath(name))
  if (authority !== undefined)
    return `restore it, so that the certificates that it signed stay valid: \`${AUTHORITY_BACK[authority]}\``
  if (CA_NAMES.some(name => path === keyPath(name)))
    return 'no other host has this key: restore it from a backup of /etc/kubernetes/pki; until then, no certificates can be signed'
  if (path === SA_KEY)
    return `restore it from a backup of /etc/kubernetes/pki; without a backup, ${AGAIN}: it creates a new key pair, and every pod needs a new token then`
  if (path === SA_PUB) return `${AGAIN}: it creates the file from sa.key`
  return `${AGAIN}: it creates the file again`
}

/** An authority first: others cannot be made without it. */
const weightOf = ({path}: LackingFile): number => (/\/(?:ca|front-proxy-ca)\.(?:crt|key)$/.test(path) ? 0 : 1)

const fileNameOf = (path: string): string => path.split('/').at(-1) ?? path

/** Running programs keep what they have read from the file, but cannot restart without it. */
const lacking: Rule = {
  name: 'file-missing',
  isLater: true,
  follows: ['component-file', 'kubelet-file', 'kubeconfig-missing', 'certificate-expired'],
  judge: ({lackingFiles}, {phase}) => {
    const [first] = lackingFiles.toSorted((a, b) => weightOf(a) - weightOf(b))
    if (phase !== 'doctor' || first === undefined) return undefined
    const others = new Set(lackingFiles.flatMap(({path}) => (path === first.path ? [] : [path])))
    const readers = lackingFiles.flatMap(({path, namedIn}) => (path === first.path ? [fileNameOf(namedIn)] : []))
    return {
      cause: `${first.path} is missing${others.size === 0 ? '' : `, and ${[...others].slice(0, 3).join(', ')} too`}: the programs that read it continue to run, but cannot start again without it`,
      certainty: 'certain',
      proof: [
        `${first.path}: missing or empty; used in ${readers.join(', ')}`,
        ...[...others].slice(0, 2).map(path => `${path}: missing or empty`),
      ],
      fix: backAgain(first.path),
    }
  },
}

const kubeletFile = logRule({
  name: 'kubelet-file',
  sources: ['kubelet'],
  pattern: /unable to load client CA file (\S+?): open \S+: (no such file or directory|permission denied)/,
  cause: hit => `the kubelet does not start, because it cannot read ${group(hit, 1)} (${group(hit, 2)})`,
  fix: hit => backAgain(group(hit, 1)),
})

/** Missing files that programs of the cluster are configured to read. */
export const FILE_RULES: readonly Rule[] = [kubeletFile, lacking]
