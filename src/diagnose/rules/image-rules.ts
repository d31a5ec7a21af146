import type {Evidence} from '../../domain/evidence.ts'
import type {Judgement, Rule} from '../diagnosis.ts'
import {find, proofOf, type Hit} from '../log.ts'
import {AGAIN} from '../rule.ts'

const sources = ['kubelet', 'containerd'] as const

const PULLS = [
  {
    why: 'dns',
    pattern:
      /no such host|server misbehaving|name resolution|lookup \S+(?: on \S+)?: (?:i\/o timeout|read udp)|read udp .*:53/,
    cause: 'the host cannot resolve the name of the registry',
    fix: 'configure a working name server on the host (see /etc/resolv.conf), or use a mirror or a bundle',
  },
  {
    why: 'rate limit',
    pattern: /\b429\b|toomanyrequests|Too Many Requests/i,
    cause: 'the registry limits the number of downloads (rate limit)',
    fix: 'wait, log in to the registry, or use a mirror or a bundle',
  },
  {
    why: 'proxy',
    pattern: /proxyconnect/,
    cause: 'the host cannot reach the proxy',
    fix: "correct the proxy in containerd's environment (`systemctl show -p Environment containerd`), then `sudo systemctl restart containerd`",
  },
  {
    why: 'authority',
    pattern: /certificate signed by unknown authority/,
    cause: "the host does not trust the registry's certificate",
    fix: 'add its CA to /usr/local/share/ca-certificates, then `sudo update-ca-certificates && sudo systemctl restart containerd`',
  },
  {
    why: 'no route',
    pattern:
      /no route to host|network is unreachable|connection refused|connection reset|i\/o timeout|deadline exceeded|Client\.Timeout/,
    cause: 'the host cannot reach the registry',
    fix: 'make the registry reachable from the host (route, NAT, proxy), or use a mirror or a bundle',
  },
  {
    why: 'denied',
    pattern: /\b40[13]\b|denied|authorization failed|insufficient_scope/,
    cause: 'the registry requires other credentials for this image',
    fix: 'check the name of the image and the credentials of its registry',
  },
  {
    why: 'missing',
    pattern: /not found|manifest unknown|not present with pull policy of Never|ErrImageNeverPull/,
    cause: 'the image does not exist in the registry',
    fix: `check the name of the image (for Kubernetes' own: kubernetesVersion and imageRepository in your file); with a bundle, ${AGAIN}: it loads the images`,
  },
] as const

const UNKNOWN_PULL = {
  cause: 'the pull failed',
  fix: 'pull it on the host to see the reason: `sudo ctr -n k8s.io images pull IMAGE`',
} as const

interface Reason {
  readonly cause: string
  readonly fix: string
  /** The words that say it. */
  readonly words: string
}

const pullReason = (text: string): Reason => {
  for (const {pattern, cause, fix} of PULLS) {
    const words = pattern.exec(text)?.[0]
    if (words !== undefined) return {cause, fix, words}
  }
  return {...UNKNOWN_PULL, words: ''}
}

const imageOf = ({groups}: Hit): string => groups.slice(1).find(text => text !== '') ?? ''

/** containerd writes names in full, pods often do not. */
const isThere = ({runtime}: Evidence, image: string): boolean =>
  image !== '' && (runtime.images ?? []).some(known => known === image || known.endsWith(`/${image}`))

/** A line about pulling names no pod: when all pods that wait for the image are gone, its complaint holds no longer. */
const isWanted = (evidence: Evidence, image: string): boolean => {
  const {kubelet, podUids, now} = evidence
  if (podUids === undefined || image === '') return true
  const uids = kubelet.lines.flatMap(({text, at}) =>
    at >= now - 600 && text.includes(image) ? (/podUID="([^"]+)"/.exec(text)?.[1] ?? []) : [],
  )
  return uids.length === 0 || uids.some(uid => podUids.includes(uid))
}

function pullJudgement(evidence: Evidence, pattern: RegExp, subject: (image: string) => string): Judgement | undefined {
  const hits = find(evidence, sources, pattern).filter(
    hit => !isThere(evidence, imageOf(hit)) && isWanted(evidence, imageOf(hit)),
  )
  // A back-off only repeats that it failed; the line that says why is worth more.
  const telling = hits.find(({line}) => pullReason(line.text).words !== '') ?? hits[0]
  if (telling === undefined) return undefined
  const {cause, fix, words} = pullReason(telling.line.text)
  const image = imageOf(telling) || 'an image'
  const others = new Set(hits.map(imageOf).filter(name => name !== '' && name !== image))
  return {
    cause: `${subject(image)}: ${cause}${others.size === 0 ? '' : ` (also ${[...others].slice(0, 3).join(', ')})`}`,
    certainty: 'certain',
    proof: proofOf([words === '' ? telling : {...telling, groups: [words]}]),
    fix: fix.replace('IMAGE', () => image),
  }
}

const sandboxImage: Rule = {
  name: 'sandbox-image',
  judge: evidence => {
    const judgement = pullJudgement(
      evidence,
      /failed to (?:get sandbox image|pull image|start sandbox.*pull(?:ing)? (?:sandbox )?image|ensure sandbox image) "([^"]*pause[^"]*)"|failed to get sandbox image "([^"]+)":|(?:CreatePodSandbox|RunPodSandbox|sandbox).*failed to (?:pull|get) (?:and unpack )?image "([^"]+)"/,
      image => `pods cannot start, because the image of pod sandboxes (${image}) is missing`,
    )
    const {sandboxImage: wanted, images} = evidence.runtime
    if (judgement === undefined || wanted === undefined || images === undefined || images.includes(wanted))
      return judgement
    return {...judgement, proof: [...judgement.proof.slice(0, 2), `containerd needs ${wanted}, which is missing`]}
  },
}

const imagePull: Rule = {
  name: 'image-pull',
  judge: evidence =>
    pullJudgement(
      evidence,
      /^(?!.*(?:sandbox|Sandbox)).*(?:failed to pull and unpack image "([^"]+)"|Failed to pull image.* image="([^"]+)"|Back-off pulling image "([^"]+)"|Container image "([^"]+)" is not present with pull policy of Never)/,
      image => `the image ${image} cannot be pulled`,
    ),
}

/** Why the image of a container is not there. */
export const IMAGE_RULES: readonly Rule[] = [sandboxImage, imagePull]
