/**
 * Prints what a kubeadm prints as its defaults, and what it would write for them, as JSON for the folder `recorded`:
 * `node test/contract/kubeadm/record.ts PATH-OF-KUBEADM`.
 */
import {realInit} from './real-init.ts'
import {printedBy} from './real-kubeadm.ts'

const [, , kubeadm = ''] = process.argv

const printed = {
  init: printedBy(kubeadm, 'init-defaults', '--component-configs', 'KubeletConfiguration,KubeProxyConfiguration'),
  initAlone: printedBy(kubeadm, 'init-defaults'),
  join: printedBy(kubeadm, 'join-defaults'),
  reset: printedBy(kubeadm, 'reset-defaults'),
  upgrade: printedBy(kubeadm, 'upgrade-defaults'),
}
const {init} = printed
const text = JSON.stringify({printed, rendered: await realInit(kubeadm, init)}, undefined, 1)
process.stdout.write(`${text.replaceAll(/(certificate-authority-data: )[\w+/=]+/g, '$1CA')}\n`)
