import {connect as connectTcp} from 'node:net'
import {once} from 'node:events'
import type {HostSpec} from '../../domain/cluster.ts'
import type {UploadResult} from '../../engine/cluster/upload-shared-certs.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Host} from '../../remote/host.ts'
import type {View} from '../../ui/view.ts'
import {KadmCommand} from './kadm-command.ts'
import type {OutputForm} from '../flags/output-flag.ts'
import type {SshFlags} from '../flags/ssh-flags.ts'
import type {Connector, ConnectorOptions} from '../runtime/wiring/connector.ts'

/** The result of an upload, with the API through which it was made. */
export interface UploadedCerts extends UploadResult {
  readonly certificateKey: string
  readonly host: string
  readonly api: KubeClient
}

/** A command that connects to machines; it closes its connections when it ends, also after a failure. */
export abstract class ClusterCommand extends KadmCommand {
  readonly #closers: (() => Promise<void>)[] = []

  protected atEnd(close: () => Promise<void>): void {
    this.#closers.unshift(close)
  }

  /** Opens all connections now, so that kadm asks its questions before the work starts. */
  protected async connections(
    hosts: readonly HostSpec[],
    flags: SshFlags,
    options: Pick<ConnectorOptions, 'goesOnWithout'> = {},
  ): Promise<Connector> {
    const {openConnections} = await import('../runtime/wiring/connector.ts')
    const connector = await openConnections({...options, hosts, flags, terminal: this.terminal, signal: this.signal})
    this.atEnd(connector.close)
    return connector
  }

  /**
   * The API of the cluster with admin access: with a local kubeconfig, or through the admin.conf of the first control plane that
   * answers.
   */
  protected async api(
    controlPlanes: () => Promise<readonly HostSpec[]>,
    flags: SshFlags & {readonly kubeconfig: string | undefined},
  ): Promise<KubeClient> {
    if (flags.kubeconfig !== undefined) return this.apiFrom(flags.kubeconfig)
    const [{controlPlaneOn}, {requireReady}] = await Promise.all([
      import('../../engine/cluster/control-plane.ts'),
      import('../../engine/cluster/first-answering.ts'),
    ])
    return this.onControlPlane(await controlPlanes(), flags, async (host, isOnly) => {
      const controlPlane = controlPlaneOn(host, this.signal)
      this.atEnd(controlPlane.close)
      const api = await controlPlane.api()
      if (!isOnly) await requireReady(api)
      return api
    })
  }

  /** Does the work through the first of these control planes that can do it, and says which ones cannot. */
  protected async onControlPlane<T>(
    controlPlanes: readonly HostSpec[],
    flags: SshFlags,
    work: (host: Host, isOnly: boolean, spec: HostSpec) => Promise<T>,
  ): Promise<T> {
    const isOnly = controlPlanes.length === 1
    const connector = await this.connections(controlPlanes, flags, {goesOnWithout: !isOnly})
    const [{firstAnswering}, {hostLabel}] = await Promise.all([
      import('../../engine/cluster/first-answering.ts'),
      import('../runtime/wiring/connector.ts'),
    ])
    return firstAnswering(
      controlPlanes,
      async spec => work(await connector.connect(spec), isOnly, spec),
      (spec, {message}) => this.note(`${hostLabel(spec)}: ${message}; trying the next control plane`),
    )
  }

  /** The first of these control planes whose API answers; a single one is not asked. */
  protected async answering(controlPlanes: readonly HostSpec[], flags: SshFlags): Promise<HostSpec | undefined> {
    if (controlPlanes.length < 2) return controlPlanes[0]
    const [{controlPlaneOn}, {requireReady}] = await Promise.all([
      import('../../engine/cluster/control-plane.ts'),
      import('../../engine/cluster/first-answering.ts'),
    ])
    return this.onControlPlane(controlPlanes, flags, async (host, _, spec) => {
      const controlPlane = controlPlaneOn(host, this.signal)
      this.atEnd(controlPlane.close)
      await requireReady(await controlPlane.api())
      return spec
    })
  }

  /** Stores the certificates of the first of these control planes that answers in the cluster; with a new key unless one is given. */
  protected async uploadCerts(
    controlPlanes: readonly HostSpec[],
    flags: SshFlags,
    given: string | undefined,
  ): Promise<UploadedCerts> {
    const [{uploadSharedCerts}, {controlPlaneOn}, {generateCertificateKey}, {randomBytes}] = await Promise.all([
      import('../../engine/cluster/upload-shared-certs.ts'),
      import('../../engine/cluster/control-plane.ts'),
      import('../../certs/sealed-certs.ts'),
      import('node:crypto'),
    ])
    const certificateKey = given ?? generateCertificateKey(randomBytes)
    return this.onControlPlane(controlPlanes, flags, async host => {
      const controlPlane = controlPlaneOn(host, this.signal)
      this.atEnd(controlPlane.close)
      const api = await controlPlane.api()
      const request = {host, api, certificateKey, now: Date.now(), random: randomBytes, signal: this.signal}
      return {...(await uploadSharedCerts(request)), certificateKey, host: host.name, api}
    })
  }

  protected async apiFrom(file: string): Promise<KubeClient> {
    const [{clientFromKubeconfig}, {readText}] = await Promise.all([
      import('../../kube/client.ts'),
      import('../runtime/requests/load-cluster.ts'),
    ])
    const client = clientFromKubeconfig(readText(file, '--kubeconfig').text, async (host, port) => {
      const socket = connectTcp({host, port})
      await once(socket, 'connect')
      return socket
    })
    this.atEnd(client.close)
    return client
  }

  /** Shows the progress of a run, and restores the terminal before anything else is printed; `form` is that of `-o`. */
  protected async showing<T>(work: (view: View) => Promise<T>, form?: OutputForm): Promise<T> {
    const [{chooseView}, {realClock}] = await Promise.all([
      import('../../ui/choose-view.ts'),
      import('../runtime/wiring/clock.ts'),
    ])
    const view = await chooseView({...this.output, now: realClock.now, hasOwnResult: form !== undefined})
    try {
      return await work(view)
    } finally {
      await view.end()
    }
  }

  override async finally(): Promise<void> {
    for (const close of this.#closers) await close().catch(() => undefined)
    await super.finally()
  }
}
