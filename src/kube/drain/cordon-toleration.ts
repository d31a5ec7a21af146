import {isObject, listAt, textAt, type ApiObject} from '../json.ts'

/** The taint of a cordoned node has the effect NoSchedule (k8s.io/api core/v1, TaintNodeUnschedulable). */
const CORDON = 'node.kubernetes.io/unschedulable'

/** Whether the scheduler may bind a pod to a cordoned node. */
export const toleratesCordon = (pod: ApiObject): boolean =>
  listAt(pod, 'spec', 'tolerations')
    .filter(isObject)
    .some(toleration => {
      const [key, effect] = [textAt(toleration, 'key') ?? '', textAt(toleration, 'effect') ?? '']
      if (effect !== '' && effect !== 'NoSchedule') return false
      if (key === '') return textAt(toleration, 'operator') === 'Exists'
      return (
        key === CORDON && (textAt(toleration, 'operator') === 'Exists' || (textAt(toleration, 'value') ?? '') === '')
      )
    })
