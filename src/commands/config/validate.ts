import {fileFlag} from '../flags/cluster-flags.ts'
import {outputFlag} from '../flags/output-flag.ts'
import {KadmCommand} from '../base/kadm-command.ts'
import {plural} from '../../ui/words.ts'
import {described, EXITS} from '../base/exits.ts'

export class ConfigValidate extends KadmCommand {
  static override summary = 'Check a cluster file without connecting to any machine, and list all problems.'
  static override description = described('', EXITS.none)
  static override examples = [
    '<%= config.bin %> config validate -f kadm.yaml',
    '<%= config.bin %> config validate -f kubeadm.yaml',
  ]
  static override flags = {file: fileFlag, ...outputFlag()}

  async run(): Promise<void> {
    const {flags} = await this.parse(ConfigValidate)
    const [{mustFindFile, environment}, {validateFile}] = await Promise.all([
      import('../runtime/requests/load-cluster.ts'),
      import('../../config/read/validate-file.ts'),
    ])
    const file = mustFindFile(flags.file)
    const {kind, hosts, warnings} = validateFile(file.name, file.text, environment)
    const what = kind === 'kadm' ? plural(hosts, 'host') : 'a file of kubeadm'
    const text = [...warnings.map(w => `warning: ${w}`), `${file.name}: ${what}, no errors`, ...NEXT[kind](file.name)]
    await this.result(flags.output, {file: file.name, kind, hosts, warnings}, text.join('\n'))
  }
}

/** A file of kubeadm names no hosts, so the commands that use it take them as arguments. */
const NEXT: Readonly<Record<'kadm' | 'kubeadm-init' | 'kubeadm-join', (file: string) => readonly string[]>> = {
  kadm: () => [],
  'kubeadm-init': file => [
    `next: kadm init HOST -f ${file}`,
    `      or make a cluster file of it: kadm config migrate ${file} > kadm.yaml`,
  ],
  'kubeadm-join': file => [`next: kadm join HOST --to CONTROL-PLANE -f ${file}`],
}
