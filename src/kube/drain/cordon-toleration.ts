import type {Taint} from '../../domain/cluster.ts'
import type {ApiObject} from '../json.ts'
import {tolerates} from '../tolerations.ts'

/** The taint of a cordoned node (k8s.io/api core/v1, TaintNodeUnschedulable). */
const CORDON: Taint = {key: 'node.kubernetes.io/unschedulable', value: undefined, effect: 'NoSchedule'}

/** Whether the scheduler may bind a pod to a cordoned node. */
export const toleratesCordon = (pod: ApiObject): boolean => tolerates(pod, CORDON)
