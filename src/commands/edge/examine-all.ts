import {collectEvidence} from '../../diagnose/collect-evidence.ts'
import {diagnose} from '../../diagnose/diagnose.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {onEach} from '../../remote/on-each.ts'
import type {Examined} from '../../ui/render-diagnoses.ts'
import {realClock} from './clock.ts'
import type {Connector} from './connector.ts'

const WIDTH = 30

/** Looks at all machines side by side and judges each by what it says. */
export const examineAll = (
  specs: readonly HostSpec[],
  {connect}: Connector,
  signal: AbortSignal,
): Promise<readonly Examined[]> =>
  onEach(specs, WIDTH, async spec => {
    const host = await connect(spec)
    // The host says its time first of all; how long the script takes to get there does not matter for what is judged.
    const now = realClock.now() / 1000
    const evidence = await collectEvidence(host, signal)
    return {host: host.name, diagnoses: diagnose(evidence, {phase: 'doctor', waitedFor: 'nothing', now})}
  })
