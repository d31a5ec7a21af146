import type {Rule} from '../diagnosis.ts'
import {find, proofOf} from '../log.ts'
import {AGAIN} from '../rule.ts'

const packageLock: Rule = {
  name: 'package-lock',
  judge: ({packageLock: lock}, {phase}) => {
    if (lock === undefined || !/package|install|runtime|prepare|host/.test(phase)) return undefined
    return {
      cause: `another program is installing packages: ${lock.command} (process ${String(lock.pid)})`,
      certainty: 'likely',
      proof: [`${lock.command} has held the package lock for ${String(lock.ageSeconds)} s`],
      fix: 'wait until it ends (often unattended upgrades after the first boot), then run the same kadm command again',
    }
  },
}

const holdLifted: Rule = {
  name: 'hold-lifted',
  isLater: true,
  judge: ({unheld}, {phase}) => {
    if (unheld.length === 0 || phase !== 'doctor') return undefined
    const names = unheld.map(({name}) => name).join(' ')
    return {
      cause: `an automatic upgrade of the machine can change ${unheld.map(({name}) => name).join(', ')}: they are not held at their version`,
      certainty: 'certain',
      proof: unheld.map(({name, version}) => `${name} ${version} is not held`).slice(0, 3),
      fix: `hold them again: \`sudo apt-mark hold ${names}\`, or run \`kadm apply\``,
    }
  },
}

const connectionsFull: Rule = {
  name: 'connections-full',
  judge: evidence => {
    const most = Number(evidence.sysctls['net.netfilter.nf_conntrack_max'] ?? 0)
    const {connections = 0, now} = evidence
    const isFull = most > 0 && connections >= most * 0.95
    const hits = find(evidence, ['kernel'], /nf_conntrack: .*table full, dropping packet/).filter(
      ({line}) => isFull || line.at >= now - 60,
    )
    if (!isFull && hits.length === 0) return undefined
    return {
      cause: 'the kernel has reached its limit of tracked connections and drops new ones',
      certainty: 'likely',
      proof: [...proofOf(hits, 1), `connections tracked: ${String(connections)} of ${String(most)}`],
      fix: `raise the limit: \`sudo sysctl -w net.netfilter.nf_conntrack_max=${String(Math.max(most, 131_072) * 4)}\`, and the same line in /etc/sysctl.d/; then find the program that opens so many connections`,
    }
  },
}

/** The kubelet looks at swap only when it starts: it runs on, and does not come back. */
const swapBack: Rule = {
  name: 'swap-on',
  isLater: true,
  follows: ['swap'],
  judge: ({swaps, kubelet, kubeletConfig, isContainer, flags}, {phase}) => {
    if (phase !== 'doctor' || isContainer || swaps.length === 0 || kubelet.active !== 'active') return undefined
    if (kubeletConfig?.failSwapOn !== true || flags.some(({name}) => name === '--fail-swap-on')) return undefined
    return {
      cause: 'swap is on again: the kubelet still runs, but will not start the next time',
      certainty: 'certain',
      proof: [`/proc/swaps: ${swaps.join(', ')}`, 'failSwapOn is not false in /var/lib/kubelet/config.yaml'],
      fix: `\`sudo swapoff -a\`, then ${AGAIN}: it keeps swap off after a reboot`,
    }
  },
}

const localhost: Rule = {
  name: 'localhost-name',
  judge: ({network}) =>
    network.localhostResolves === false
      ? {
          cause: 'this host cannot resolve the name localhost: it is missing in /etc/hosts',
          certainty: 'certain',
          proof: ['getent hosts localhost: nothing'],
          fix: "add it: `echo '127.0.0.1 localhost' | sudo tee -a /etc/hosts`",
        }
      : undefined,
}

/** The kubelet reads it for each pod that it starts. */
const noResolvConf: Rule = {
  name: 'resolv-conf-missing',
  judge: ({network, kubeletConfig, kubelet}) =>
    kubeletConfig !== undefined && kubelet.active === 'active' && !network.hasPodResolvConf
      ? {
          cause: `no pod can start: the file from which the kubelet gives pods their name servers, ${kubeletConfig.resolvConf ?? '/etc/resolv.conf'}, is missing`,
          certainty: 'certain',
          proof: [`resolvConf of the kubelet: ${kubeletConfig.resolvConf ?? '/etc/resolv.conf'}: not there`],
          fix:
            kubeletConfig.resolvConf === undefined
              ? 'bring the file back: it names the name servers of this host (`resolvectl status`)'
              : `${AGAIN}: it writes resolvConf; a file of systemd-resolved is there while that runs: \`sudo systemctl restart systemd-resolved\``,
        }
      : undefined,
}

const noNameserver: Rule = {
  name: 'no-nameserver',
  follows: ['resolv-conf-missing'],
  judge: ({network, kubeletConfig, kubelet}) =>
    kubeletConfig !== undefined && kubelet.active === 'active' && network.podNameservers.length === 0
      ? {
          cause: 'pods do not get a name server: the file that the kubelet passes to them contains none',
          certainty: 'likely',
          proof: [
            `resolvConf of the kubelet: ${kubeletConfig.resolvConf ?? '/etc/resolv.conf'}, without a nameserver line`,
          ],
          fix: 'configure a name server on the host (`resolvectl status`, /etc/resolv.conf), then `sudo systemctl restart kubelet`',
        }
      : undefined,
}

/** Settings and files of the machine that a node does not get on with. */
export const MACHINE_RULES: readonly Rule[] = [
  packageLock,
  holdLifted,
  connectionsFull,
  swapBack,
  localhost,
  noResolvConf,
  noNameserver,
]
