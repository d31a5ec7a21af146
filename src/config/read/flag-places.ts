import type {ConfigIssue} from '../documents/finding.ts'

/** The flag that sets each path of kadm's document; other paths come from the host's own argument. */
export const FLAG_OF: Readonly<Record<string, string>> = {
  kubernetesVersion: '--kubernetes-version',
  controlPlaneEndpoint: '--control-plane-endpoint',
  apiPort: '--apiserver-bind-port',
  imageRepository: '--image-repository',
  'network.podSubnet': '--pod-network-cidr',
  'network.serviceSubnet': '--service-cidr',
  'network.dnsDomain': '--service-dns-domain',
  'network.plugin': '--pod-network',
  'pki.apiServerSANs': '--apiserver-cert-extra-sans',
  source: '--bundle',
  swap: '--swap',
  ignorePreflightErrors: '--ignore-preflight-errors',
  'hosts[].name': '--node-name',
  'hosts[].address': '--apiserver-advertise-address',
  'hosts[].ssh.keyFile': '--identity-file',
  'hosts[].ssh.hostKey': '--host-key',
  'hosts[].ssh.jump': '--jump',
}

/** What to correct: the file, where it has an error, else the command line. */
export const hintFor =
  (file: string | undefined) =>
  (issues: readonly ConfigIssue[]): string =>
    file !== undefined && issues.some(({severity, place}) => severity === 'error' && place.line > 0)
      ? `correct the file; 'kadm config validate -f ${file}' checks it without touching a machine`
      : 'correct the command line; run the command with --help to see its flags'
