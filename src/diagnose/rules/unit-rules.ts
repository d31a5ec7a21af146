import type {Rule} from '../diagnosis.ts'
import {linesOf, proofOf} from '../log.ts'
import {AGAIN} from '../rule.ts'

/** The kubelet stops, and no rule knows why: its own last words. Told only when nothing better is known. */
export const KUBELET_LAST_WORDS: Rule = {
  name: 'kubelet-stops',
  follows: ['file-changed'],
  judge: evidence => {
    const {kubelet, kubeletAnswers} = evidence
    const isDown =
      kubelet.active === 'failed' ||
      kubelet.sub === 'auto-restart' ||
      (kubelet.restarts > 2 && (kubelet.runningSeconds ?? 0) < 10 && kubeletAnswers !== true)
    if (!isDown) return undefined
    const words = linesOf(evidence, 'kubelet')
      .filter(({text}) => /^[EF]\d{4} |^Error: |panic|fatal/.test(text))
      .slice(-2)
    return {
      cause: 'the kubelet stops right after it starts',
      certainty: words.length > 0 ? 'likely' : 'possible',
      proof: [
        `kubelet.service: ${kubelet.active} (${kubelet.sub}), ${String(kubelet.restarts)} restarts, exit status ${String(kubelet.exitStatus)}`,
        ...proofOf(words.map(line => ({source: 'kubelet', line, groups: []}))),
      ],
      fix: 'see the last lines of its log above; for the whole log: `sudo journalctl -u kubelet -n 50 --no-pager`',
    }
  },
}

const off: Rule = {
  name: 'kubelet-off',
  follows: ['unit-masked'],
  judge: ({kubelet, join}, {phase}) => {
    const isNode = join.hasKubeconfig || join.hasBootstrapKubeconfig
    if (kubelet.active !== 'inactive' || (!isNode && !/kubelet|control-plane|ready|join/.test(phase))) return undefined
    return {
      cause: 'the kubelet is not running: it was stopped or is not enabled',
      certainty: isNode ? 'certain' : 'possible',
      proof: [`kubelet.service: ${kubelet.active} (${kubelet.sub})`],
      fix: '`sudo systemctl enable --now kubelet`',
    }
  },
}

const masked: Rule = {
  name: 'unit-masked',
  judge: ({kubelet, containerd, join}) => {
    const names = [
      ...(containerd.masked ? ['containerd'] : []),
      ...(kubelet.masked && (join.hasKubeconfig || join.hasBootstrapKubeconfig) ? ['kubelet'] : []),
    ]
    if (names.length === 0) return undefined
    return {
      cause: `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} masked, so systemd never starts ${names.length > 1 ? 'them' : 'it'}`,
      certainty: 'certain',
      proof: names.map(name => `${name}.service: its unit file is a link to /dev/null`),
      fix: `\`sudo systemctl unmask --now ${names.join(' ')} && sudo systemctl start ${names.join(' ')}\`; if the unit is missing then: ${AGAIN}`,
    }
  },
}

const disabled: Rule = {
  name: 'unit-disabled',
  isLater: true,
  judge: ({kubelet, containerd, join}, {phase}) => {
    if (phase !== 'doctor' || !join.hasKubeconfig) return undefined
    const names = [
      ...(containerd.fileState === 'disabled' && containerd.active === 'active' ? ['containerd'] : []),
      ...(kubelet.fileState === 'disabled' && kubelet.active === 'active' ? ['kubelet'] : []),
    ]
    if (names.length === 0) return undefined
    return {
      cause: `${names.join(' and ')} will not start at the next boot: the unit is disabled`,
      certainty: 'certain',
      proof: names.map(name => `${name}.service: disabled`),
      fix: `\`sudo systemctl enable ${names.join(' ')}\``,
    }
  },
}

/** Why systemd does not run the kubelet or containerd. */
export const UNIT_RULES: readonly Rule[] = [masked, disabled, off]
