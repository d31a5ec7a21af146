import type {Evidence} from '../domain/evidence.ts'
import type {Certainty, Diagnosis, Rule, Waited} from './diagnosis.ts'
import {API_ACCESS_RULES} from './rules/api-access-rules.ts'
import {CERTIFICATE_RULES} from './rules/certificate-rules.ts'
import {CNI_RULES} from './rules/cni-rules.ts'
import {COMPONENT_LAST_WORDS} from './rules/control-plane-last-words.ts'
import {CONTROL_PLANE_RULES} from './rules/control-plane-rules.ts'
import {ETCD_RULES} from './rules/etcd-rules.ts'
import {CHANGED_FILE} from './rules/changed-rules.ts'
import {DNS_RULES} from './rules/dns-rules.ts'
import {FILE_RULES} from './rules/file-rules.ts'
import {HANG_RULES} from './rules/hang-rules.ts'
import {HOST_RULES} from './rules/host-rules.ts'
import {KUBELET_RULES} from './rules/kubelet-rules.ts'
import {LOAD_BALANCER_RULES} from './rules/load-balancer-rules.ts'
import {MACHINE_RULES} from './rules/machine-rules.ts'
import {MANIFEST_RULES} from './rules/manifest-rules.ts'
import {NETWORK_POD_RULES, POD_LAST_WORDS} from './rules/network-pod-rules.ts'
import {NETWORK_RULES} from './rules/network-rules.ts'
import {NODE_RULES} from './rules/node-rules.ts'
import {PATH_RULES} from './rules/path-rules.ts'
import {RUNTIME_RULES} from './rules/runtime-rules.ts'
import {KUBELET_LAST_WORDS, UNIT_RULES} from './rules/unit-rules.ts'
import {VIRTUAL_ADDRESS_RULES} from './rules/virtual-address-rules.ts'

/** From the machine up to the pods: what comes first is rather the cause of what comes later. */
export const RULES: readonly Rule[] = [
  ...HOST_RULES,
  ...MACHINE_RULES,
  ...RUNTIME_RULES,
  ...HANG_RULES,
  ...KUBELET_RULES,
  ...UNIT_RULES,
  ...FILE_RULES,
  ...MANIFEST_RULES,
  ...CERTIFICATE_RULES,
  ...ETCD_RULES,
  ...CONTROL_PLANE_RULES,
  ...LOAD_BALANCER_RULES,
  ...VIRTUAL_ADDRESS_RULES,
  ...API_ACCESS_RULES,
  ...NODE_RULES,
  ...CNI_RULES,
  ...NETWORK_RULES,
  ...NETWORK_POD_RULES,
  ...DNS_RULES,
  ...PATH_RULES,
]

const LAST_WORDS: readonly Rule[] = [CHANGED_FILE, KUBELET_LAST_WORDS, COMPONENT_LAST_WORDS, POD_LAST_WORDS]

const ORDER = ['certain', 'likely', 'possible'] as const satisfies readonly Certainty[]

/** Every known cause that the evidence shows, the surest first and what breaks nothing yet last; what only follows from another is left out. */
export function diagnose(evidence: Evidence, what: Waited): readonly Diagnosis[] {
  const known = judged(RULES, evidence, what)
  const isTelling = known.some(({rule, diagnosis}) => diagnosis.certainty === 'certain' && rule.isLater !== true)
  const found = isTelling ? known : [...known, ...judged(LAST_WORDS, evidence, what)]
  const names = new Set(found.filter(({diagnosis}) => diagnosis.certainty !== 'possible').map(({rule}) => rule.name))
  const causes = found.filter(({rule}) => !(rule.follows ?? []).some(cause => cause !== rule.name && names.has(cause)))
  const isLater = ({rule}: Judged): boolean => rule.isLater === true
  return [...causes.filter(one => !isLater(one)), ...causes.filter(isLater)]
    .map(({rule, diagnosis}) => ({
      diagnosis,
      rank: isLater({rule, diagnosis}) ? ORDER.length : ORDER.indexOf(diagnosis.certainty),
    }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({diagnosis}) => diagnosis)
}

interface Judged {
  readonly rule: Rule
  readonly diagnosis: Diagnosis
}

const judged = (rules: readonly Rule[], evidence: Evidence, what: Waited): readonly Judged[] =>
  rules.flatMap(rule => {
    const judgement = rule.judge(evidence, what)
    return judgement === undefined ? [] : [{rule, diagnosis: {name: rule.name, ...judgement}}]
  })
