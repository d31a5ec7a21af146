import {Args, Flags} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'
import type {RepairReport} from '../../engine/workflows/repair-clones.ts'
import {repairText, type CloneRepair} from '../../phases/shared/clone-repair.ts'
import {confirm} from '../../ui/ask.ts'
import {ChangeCommand} from '../base/change-command.ts'
import {fileFlag} from '../flags/cluster-flags.ts'
import type {TextFile} from '../runtime/requests/load-cluster.ts'
import {described, EXITS} from '../base/exits.ts'
import {takeLeaseFlag, yesFlag} from '../flags/phase-flags.ts'
import {sshFlags} from '../flags/ssh-flags.ts'

export class RepairClones extends ChangeCommand {
  static override summary = 'Give cloned machines their own identity, and reboot them.'
  static override description = described(
    'Compares the machines. Of the machines that share an identity, one keeps it: a node of a cluster, else a control plane, else the first machine you name. Each other machine gets a new machine-id, new SSH host keys and its name from the file, and reboots. kadm finds it by its new host key, even at another address. You must change what the hypervisor assigns (MAC address, product_uuid); kadm tells you how. kadm never changes the identity of a node, and reset does not restore a copied identity.',
    EXITS.change,
  )
  static override examples = [
    '<%= config.bin %> repair clones ubuntu@10.0.0.10 ubuntu@10.0.0.11',
    '<%= config.bin %> repair clones -f kadm.yaml --yes --write',
  ]
  static override args = {
    host: Args.string({multiple: true, description: 'machines: [user@]host[:port]; with --file, names in the file'}),
  }
  static override flags = {
    file: fileFlag,
    write: Flags.boolean({summary: 'write new addresses and pinned host keys into the file; comments are kept'}),
    ...yesFlag,
    ...takeLeaseFlag,
    ...sshFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RepairClones)
    const [{repairRequest, trustOf}, {repairClones}] = await Promise.all([
      import('../runtime/requests/repair-request.ts'),
      import('../../engine/workflows/repair-clones.ts'),
    ])
    const {cluster, file} = await repairRequest(args.host ?? [], flags)
    const trust = await trustOf(flags)
    const connected = {command: 'repair clones', cluster, phases: []}
    const mayRepair = async (repairs: readonly CloneRepair[]): Promise<boolean> => {
      repairs.forEach(repair => this.note(repairText(repair)))
      return (
        flags.yes ||
        (await confirm(this.terminal, {
          message: 'Give these machines a new identity and reboot them? Their SSH host keys change.',
          flag: '--yes',
        }))
      )
    }
    const report = await this.showing(async view =>
      repairClones({...(await this.prepare(connected, flags, view.emit)), trust, mayRepair}),
    )
    if (report === undefined) throw new KadmError('cancelled', 'nothing was repaired')
    await this.#tell(report, file, flags.write)
  }

  async #tell({repaired, left}: RepairReport, file: TextFile | undefined, write: boolean): Promise<void> {
    const [{followMoves}, {renderRepaired}, {renderFindings}] = await Promise.all([
      import('../runtime/host-moves.ts'),
      import('../../ui/render-repair.ts'),
      import('../../ui/render-findings.ts'),
    ])
    const edits = file === undefined ? [] : followMoves(file, repaired, write)
    const told = edits.map(({file: name, line, from, to}) =>
      write ? `${name}:${String(line)}: changed to ${to}` : `${name}:${String(line)}: replace ${from} with ${to}`,
    )
    const text = [
      ...(repaired.length === 0 && left.length === 0 ? ['each machine has its own identity'] : []),
      ...(repaired.length === 0 ? [] : [renderRepaired(repaired)]),
      ...told,
      ...(left.length === 0 ? [] : [renderFindings(left, this.terminal.colours, this.output.verbose)]),
    ]
    this.report({repaired, edits, left}, text.join('\n'))
    const errors = left.filter(({severity}) => severity === 'error')
    if (errors.length > 0) {
      throw new KadmError('preflight', 'some machines still share an identity', {
        hint: 'follow the steps above, which kadm cannot do for you, and run the command again',
      })
    }
  }
}
