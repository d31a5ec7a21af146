import {Flags} from '@oclif/core'
import {changesText} from '../../ui/words.ts'
import {timeTaken} from '../../domain/duration.ts'
import {phaseTimes} from '../../ui/phase-times.ts'
import {ChangeCommand, resultData} from '../base/change-command.ts'
import {LAB_EXITS, labArg, labFlags, vmOptions} from '../flags/lab-flags.ts'
import {NO_SSH_FLAGS} from '../flags/ssh-flags.ts'
import {described, EXITS} from '../base/exits.ts'

export class LabDemo extends ChangeCommand {
  static override summary = 'Create a real cluster on this computer: boot three machines, apply, verify.'
  static override description = described(
    'Runs the same commands that you run on your own machines: kadm apply with a kadm.yaml, then kadm verify. A second run changes nothing and takes seconds.',
    {...LAB_EXITS, ...EXITS.change, 9: 'a check failed'},
  )
  static override examples = ['<%= config.bin %> lab demo', '<%= config.bin %> lab demo --verify always']
  static override args = {lab: labArg}
  static override flags = {
    ...labFlags,
    verify: Flags.option({
      options: ['always', 'when-changed', 'never'] as const,
      default: 'when-changed' as const,
      summary: 'when to run the checks of kadm verify',
    })(),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LabDemo)
    const started = Date.now()
    const [{bringUp}, demo, {applyPhases}, {verifyCluster}] = await Promise.all([
      import('../runtime/lab/lab.ts'),
      import('../runtime/lab/lab-demo.ts'),
      import('../../phases/workflows/apply.ts'),
      import('../runtime/verify-cluster.ts'),
    ])
    const lab = await bringUp({...flags, vm: vmOptions(flags), lab: args.lab, output: this.output, signal: this.signal})
    const {cluster, file} = await demo.demoCluster(lab)
    const times = phaseTimes()
    const done = await this.carryOut({command: 'apply', cluster, phases: applyPhases}, NO_SSH_FLAGS, times.record)
    const {result} = done
    const {api, kubeconfig, nodes} = await demo.demoAccess(lab, cluster, {
      connect: async host => (await this.connections([host], NO_SSH_FLAGS)).connect(host),
      atEnd: close => this.atEnd(close),
      signal: this.signal,
    })
    if (flags.verify === 'always' || (flags.verify === 'when-changed' && result.changes > 0))
      await verifyCluster(api, {
        signal: this.signal,
        output: this.output,
        drain: 'always',
        hasOwnResult: false,
        report: this.output.report,
      })
    const took = `${changesText(result.changes)}, ${timeTaken(Date.now() - started)} in total`
    const text = [
      ...(result.changes === 0 ? [] : [times.render(), '']),
      nodes.text,
      '',
      took,
      '',
      ...demo.nextSteps(lab, file, kubeconfig),
    ]
    this.report({...resultData('apply', done), nodes: nodes.data, file, kubeconfig}, text.join('\n'))
  }
}
