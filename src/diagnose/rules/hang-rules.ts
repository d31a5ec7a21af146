import type {Rule} from '../diagnosis.ts'
import {find, proofOf} from '../log.ts'

/** A process that has run this long answers. */
const STARTED_SECONDS = 30

/** A program that runs and answers nobody writes nothing to its log. */
const runtimeHangs: Rule = {
  name: 'runtime-hangs',
  follows: ['unit-masked', 'containerd-config', 'disk-full', 'read-only-disk', 'inotify-instances', 'inotify-watches'],
  judge: evidence => {
    const {containerd, runtime} = evidence
    if (containerd.active !== 'active' || !runtime.socket || !runtime.isSilent) return undefined
    if ((containerd.runningSeconds ?? 0) < STARTED_SECONDS) return undefined
    return {
      cause: 'containerd runs and gives no answer: no container can be started, stopped or looked at',
      certainty: 'likely',
      proof: [
        `containerd.service: ${containerd.active} (${containerd.sub}); asked just now, it did not tell its version within several seconds`,
        ...proofOf(find(evidence, ['kubelet'], /PLEG is not healthy|container runtime is down|DeadlineExceeded/), 1),
      ],
      fix: '`sudo systemctl restart containerd`: the containers run on',
    }
  },
}

const kubeletHangs: Rule = {
  name: 'kubelet-hangs',
  follows: ['runtime-hangs', 'containerd-down', 'cri-disabled', 'disk-full', 'read-only-disk', 'inotify-instances'],
  judge: evidence => {
    const {kubelet, kubeletAnswers} = evidence
    if (kubelet.active !== 'active' || kubelet.sub !== 'running' || kubeletAnswers !== false) return undefined
    if ((kubelet.runningSeconds ?? 0) < STARTED_SECONDS) return undefined
    return {
      cause: 'the kubelet runs and does not answer its own health check: it hangs',
      certainty: 'likely',
      proof: [
        `kubelet.service: ${kubelet.active} (${kubelet.sub}) for ${String(Math.round(kubelet.runningSeconds ?? 0))} s; /healthz gave no answer twice`,
        ...proofOf(find(evidence, ['kubelet'], /PLEG is not healthy|container runtime is down|healthz/), 1),
      ],
      fix: '`sudo systemctl restart kubelet`; if it hangs again: `sudo journalctl -u kubelet -n 50 --no-pager`',
    }
  },
}

/** Programs that run and do not work. */
export const HANG_RULES: readonly Rule[] = [runtimeHangs, kubeletHangs]
