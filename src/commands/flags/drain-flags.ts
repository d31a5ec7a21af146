import {Flags} from '@oclif/core'
import type {DrainSettings} from '../../engine/removal/drain-settings.ts'

const helpGroup = 'DRAIN'

/** The flags of `kubectl drain`, with its names and defaults. */
export const drainFlags = {
  force: Flags.boolean({summary: 'delete also pods that no controller creates again', helpGroup}),
  'ignore-daemonsets': Flags.boolean({
    summary: 'let pods of DaemonSets stop with the machine; pods that every node has, such as kube-proxy, always do',
    helpGroup,
  }),
  'delete-emptydir-data': Flags.boolean({summary: 'move pods also if their emptyDir data is deleted', helpGroup}),
  'disable-eviction': Flags.boolean({
    summary: 'delete pods and do not ask their PodDisruptionBudgets',
    helpGroup,
  }),
  'grace-period': Flags.integer({
    helpValue: 'SECONDS',
    default: -1,
    min: -1,
    summary: 'time for each pod to stop; -1: as the pod says',
    helpGroup,
  }),
  timeout: Flags.string({
    helpValue: 'DURATION',
    default: '0s',
    summary: 'time for the whole drain; 0s: no limit',
    helpGroup,
  }),
  'skip-wait-for-delete-timeout': Flags.integer({
    helpValue: 'SECONDS',
    default: 0,
    min: 0,
    summary: 'do not wait for pods that have been terminating for longer; 0: wait for all',
    helpGroup,
  }),
  'pod-selector': Flags.string({
    helpValue: 'LABELS',
    summary: 'drain only pods with these labels; the others stop with the machine',
    helpGroup,
  }),
}

/** The values of `drainFlags` once parsed. */
export interface ParsedDrainFlags {
  readonly force: boolean
  readonly 'ignore-daemonsets': boolean
  readonly 'delete-emptydir-data': boolean
  readonly 'disable-eviction': boolean
  readonly 'grace-period': number
  readonly timeout: string
  readonly 'skip-wait-for-delete-timeout': number
  readonly 'pod-selector': string | undefined
}

/** Converts the command line; `limitOf` reads a duration, in milliseconds. */
export const drainSettingsOf = (flags: ParsedDrainFlags, limitOf: (text: string) => number): DrainSettings => ({
  rules: {
    force: flags.force,
    ignoreDaemonSets: flags['ignore-daemonsets'],
    deleteEmptyDirData: flags['delete-emptydir-data'],
    skipWaitForDeleteSeconds: flags['skip-wait-for-delete-timeout'],
  },
  disableEviction: flags['disable-eviction'],
  gracePeriodSeconds: flags['grace-period'] < 0 ? undefined : flags['grace-period'],
  timeoutMs: limitOf(flags.timeout),
  podSelector: flags['pod-selector'],
})
