import {DEFAULT_VERSION} from '../domain/releases.ts'
import {NEWEST_MINOR, OLDEST_MINOR} from '../domain/version.ts'
import {ownCommit} from '../remote/local/own-files.ts'
import {columns} from '../ui/columns.ts'
import {KadmCommand} from './base/kadm-command.ts'
import {outputFlag} from './flags/output-flag.ts'
import {described, EXITS} from './base/exits.ts'

const supportedMinors = (): readonly string[] =>
  Array.from({length: NEWEST_MINOR - OLDEST_MINOR + 1}, (_, i) => `v1.${String(OLDEST_MINOR + i)}`)

export class Version extends KadmCommand {
  static override summary = 'Print the version of kadm and the Kubernetes versions it installs.'
  static override description = described('', EXITS.none)
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version -o json']

  static override flags = outputFlag()

  async run(): Promise<void> {
    const {flags} = await this.parse(Version)
    const data = {
      kadm: this.config.version,
      commit: ownCommit(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      kubernetes: {
        default: DEFAULT_VERSION,
        oldest: `v1.${String(OLDEST_MINOR)}`,
        newest: `v1.${String(NEWEST_MINOR)}`,
        releases: supportedMinors(),
      },
    }
    const {oldest, newest} = data.kubernetes
    const rows = [
      ['kadm', data.commit === undefined ? data.kadm : `${data.kadm} (commit ${data.commit.slice(0, 12)})`],
      ['node', `${data.node} on ${data.platform}`],
      ['kubernetes', `${DEFAULT_VERSION} (any release from ${oldest} to ${newest})`],
    ]
    await this.result(flags.output, data, columns(rows))
  }
}
