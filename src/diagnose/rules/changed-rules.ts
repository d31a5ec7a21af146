import type {Evidence} from '../../domain/evidence.ts'
import {KUBELET_DIR, MANIFESTS_DIR} from '../../domain/paths.ts'
import type {Rule} from '../diagnosis.ts'
import {CONTROL_PLANE, containerLines, crashing, proofOf, shorten} from '../log.ts'
import {AGAIN} from '../rule.ts'

/** The program that reads a file, if it does not work now. */
function readerIn(trouble: Trouble, path: string): string | undefined {
  const component = CONTROL_PLANE.find(name => path === `${MANIFESTS_DIR}/${name}.yaml`)
  if (component !== undefined) return trouble.components.includes(component) ? component : undefined
  const isKubelets = path.startsWith(`${KUBELET_DIR}/`) || /\/kubelet(?:\.service|$)/.test(path)
  if (isKubelets) return trouble.kubelet ? 'the kubelet' : undefined
  return path.includes('containerd') && trouble.containerd ? 'containerd' : undefined
}

interface Trouble {
  readonly components: readonly string[]
  readonly kubelet: boolean
  readonly containerd: boolean
}

const START_SECONDS = 120

/** Those that stop again and again, that nothing runs, or, of the API, that do not answer. */
function troubleOf(evidence: Evidence): Trouble {
  const {api, containers, kubelet, kubeletAnswers, containerd, runtime, controlPlane} = evidence
  const crashed = crashing(evidence, CONTROL_PLANE).map(({name}) => name)
  const isSettled = (kubelet.runningSeconds ?? 0) > START_SECONDS
  const absent = CONTROL_PLANE.filter(name => isSettled && !containers.some(container => container.name === name))
  const isSilent = controlPlane.apiCertificate && api?.answered === false
  const store = isSilent || evidence.notReady.length > 0 ? ['kube-apiserver', 'etcd'] : []
  return {
    components: [...crashed, ...(runtime.images === undefined ? [] : absent), ...store],
    kubelet: kubelet.active !== 'active' || kubeletAnswers === false || api?.answered === false,
    containerd: containerd.active !== 'active' || runtime.images === undefined,
  }
}

/** A value that is allowed and wrong: no program names the file, and its text alone does not show it. */
export const CHANGED_FILE: Rule = {
  name: 'file-changed',
  judge: evidence => {
    const trouble = troubleOf(evidence)
    const changed = evidence.changedFiles.flatMap(path => {
      const reader = readerIn(trouble, path)
      return reader === undefined ? [] : [{path, reader}]
    })
    const [first] = changed
    if (first === undefined) return undefined
    const words = crashing(evidence, [first.reader]).flatMap(container =>
      containerLines(container, evidence.now)
        .filter(({text}) => /^[EF]\d{4} |"level":"(?:error|fatal|panic)"|^Error: |panic|fatal/i.test(text))
        .slice(-1),
    )
    const others = changed.slice(1).map(({path}) => path)
    return {
      cause: `${first.path} was changed since kadm wrote it, and ${first.reader} does not work${others.length === 0 ? '' : ` (also changed: ${others.slice(0, 3).join(', ')})`}`,
      certainty: 'likely',
      proof: [
        `${first.path}: not the text that kadm wrote`,
        ...proofOf(
          words.map(line => ({source: first.reader, line: {...line, text: shorten(line.text)}, groups: []})),
          1,
        ),
      ],
      fix: `${AGAIN}: it writes the file as your file says; keep a copy if the change was on purpose: \`sudo cp ${first.path} /root/\``,
    }
  },
}
