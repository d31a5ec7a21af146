import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {Host} from '../../remote/host.ts'
import {program} from '../../remote/shell/program.ts'
import type {Script} from '../../remote/shell/shell.ts'

/** The kubelet restarts a container that ended for the first time at once, and later after at least 10 s. */
const PATIENCE_S = 15
/** `podLogsDir` of the kubelet, by default. */
const POD_LOGS_DIR = '/var/log/pods'

export interface BackOffPlaces {
  readonly manifests: string
  readonly logs: string
}

/** Restarts the kubelet if it waits with one of these static pods, and prints the name of that pod. */
export const backOffEnd = (
  pods: readonly string[],
  {manifests, logs}: BackOffPlaces = {manifests: MANIFESTS_DIR, logs: POD_LOGS_DIR},
): Script => program('end-back-off', {pods, manifests_dir: manifests, logs_dir: logs, patience: PATIENCE_S})

/** The static pod whose back-off was ended; undefined when the kubelet does not wait with any of them. */
export async function endBackOff(
  host: Host,
  pods: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const {code, stdout} = await host.run(backOffEnd(pods).text, {signal})
  const pod = stdout.trim()
  return code === 0 && pod !== '' ? pod : undefined
}
