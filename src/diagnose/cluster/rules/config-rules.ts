import {isObject, listAt, nameOf, textAt} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import type {ClusterRule, ClusterView} from '../cluster-view.ts'
import {CONFIG_MAPS, type ConfigMapKey} from '../snapshot.ts'

const LOSSES = {
  kubeadm: 'no machine can join and nothing can be upgraded',
  kubelet: 'no machine can join',
  info: 'no machine can join by token',
} as const satisfies Partial<Record<ConfigMapKey, string>>

const placeOf = (key: ConfigMapKey): string => `${CONFIG_MAPS[key].namespace}/${CONFIG_MAPS[key].name}`

/** A cluster that has none of them was not made by kubeadm or kadm; then they are not missed. */
const configMissing: ClusterRule = {
  name: 'config-missing',
  judge: ({snapshot: {configMaps}, expected}) => {
    const keys = Object.keys(LOSSES).filter((key): key is keyof typeof LOSSES => key in LOSSES)
    if (expected.hosts === undefined && keys.every(key => configMaps[key] === 'absent')) return []
    return keys
      .filter(key => configMaps[key] === 'absent')
      .map((key): Judgement => ({
        cause: `ConfigMap ${placeOf(key)} does not exist, so ${LOSSES[key]}`,
        certainty: 'certain',
        proof: [`ConfigMap ${placeOf(key)}: not found`],
        fix: expected.repair.cluster,
      }))
  },
}

/** Running pods keep the configuration that they have read; new pods do not start. */
const mountedMissing: ClusterRule = {
  name: 'config-of-pods-missing',
  judge: view =>
    (['proxy', 'dns', 'flannel'] as const)
      .filter(key => view.snapshot.configMaps[key] === 'absent' && isMounted(key, view))
      .map((key): Judgement => ({
        cause: `ConfigMap ${placeOf(key)} does not exist, so new pods that mount it do not start`,
        certainty: 'certain',
        proof: [`ConfigMap ${placeOf(key)}: not found`],
        fix: view.expected.repair.cluster,
      })),
}

const OWNERS: Readonly<Partial<Record<ConfigMapKey, string>>> = {
  proxy: 'kube-proxy',
  dns: 'coredns',
  flannel: 'kube-flannel-ds',
}

function isMounted(key: ConfigMapKey, {snapshot: {daemonSets = [], deployments = []}}: ClusterView): boolean {
  const {namespace, name} = CONFIG_MAPS[key]
  return [...daemonSets, ...deployments]
    .filter(one => textAt(one, 'metadata', 'namespace') === namespace && nameOf(one) === OWNERS[key])
    .flatMap(one => listAt(one, 'spec', 'template', 'spec', 'volumes').filter(isObject))
    .some(volume => textAt(volume, 'configMap', 'name') === name)
}

export const CONFIG_RULES: readonly ClusterRule[] = [configMissing, mountedMissing]
