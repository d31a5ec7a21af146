import {KadmError} from '../domain/errors.ts'
import {table} from '../ui/columns.ts'
import {adminFlags, controlPlaneArg} from './admin-flags.ts'
import {ClusterCommand} from './cluster-command.ts'
import {described, EXITS} from './exits.ts'

export class Status extends ClusterCommand {
  static override summary = "Show the cluster's nodes and components, and whether they work."
  static override description = described('Reads only. Works on any cluster that kadm or kubeadm made.', {
    ...EXITS.connect,
    9: 'a node or a component does not work',
  })
  static override examples = ['<%= config.bin %> status ubuntu@10.0.0.10', '$ sudo <%= config.bin %> status --json']
  static override args = {host: controlPlaneArg}
  static override flags = adminFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Status)
    const {controlPlaneSpec} = await import('./edge/target-host.ts')
    const api = await this.api(() => controlPlaneSpec(args.host, flags), flags)
    const [{listNodes}, {componentStatus}] = await Promise.all([
      import('../kube/nodes.ts'),
      import('../kube/components.ts'),
    ])
    const [nodes, components] = await Promise.all([
      listNodes(api, {signal: this.signal}),
      componentStatus(api, {signal: this.signal}),
    ])
    const {green, red} = this.terminal.colours
    const state = (ok: boolean, bad: string): string => (ok ? green('ok') : red(bad))
    const text = [
      table(
        ['node', 'state', 'role', 'version', 'address', 'runtime', 'note'],
        nodes.map(node => [
          node.name,
          node.ready ? green('ready') : red('not ready'),
          node.roles.join(',') || 'worker',
          node.version,
          node.internalAddress ?? '',
          node.runtime,
          node.reason ?? (node.schedulable ? '' : 'cordoned'),
        ]),
      ),
      '',
      table(
        ['component', 'state', 'node', 'detail'],
        components.map(({name, ok, node, detail}) => [name, state(ok, 'broken'), node ?? '', detail]),
      ),
    ].join('\n')
    this.report({nodes, components}, text)
    const broken = [...nodes.filter(({ready}) => !ready), ...components.filter(({ok}) => !ok)].map(({name}) => name)
    if (broken.length > 0) throw new KadmError('verify', `not everything works: ${broken.join(', ')}`)
  }
}
