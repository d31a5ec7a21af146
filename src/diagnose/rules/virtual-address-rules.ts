import {KEEPALIVED_CHECK} from '../../domain/virtual-address.ts'
import type {Rule} from '../diagnosis.ts'
import {AGAIN} from '../rule.ts'

/** The address of the API is on another control plane meanwhile, so nothing is broken yet. */
const off: Rule = {
  name: 'keepalived-off',
  isLater: true,
  judge: ({keepalived}, {phase}) => {
    if (keepalived === undefined || phase !== 'doctor' || ['active', 'reloading'].includes(keepalived.active))
      return undefined
    return {
      cause: 'keepalived does not run on this control plane, so the address of the API cannot move here',
      certainty: 'certain',
      proof: [
        `keepalived.service is ${keepalived.active}`,
        ...(keepalived.lastLine === undefined ? [] : [`keepalived: ${keepalived.lastLine}`]),
      ],
      fix: 'see why: `sudo journalctl -u keepalived -n 20`; then run `kadm apply`, which starts it',
    }
  },
}

/** keepalived gives the address up although the API server answers others. */
const check: Rule = {
  name: 'keepalived-check',
  isLater: true,
  judge: ({keepalived, listening, notReady}, {phase}) => {
    if (keepalived === undefined || phase !== 'doctor' || keepalived.checkPasses) return undefined
    const answers = listening.some(({process}) => process === 'kube-apiserver') && notReady.length === 0
    if (keepalived.hasCurl && !answers) return undefined
    return {
      cause: keepalived.hasCurl
        ? 'the check of keepalived fails although the API server of this control plane is ready, so the address of the API cannot move here'
        : 'curl is missing, with which keepalived asks the API server of this control plane, so the address of the API cannot move here',
      certainty: 'certain',
      proof: [`${KEEPALIVED_CHECK} fails`, ...(keepalived.hasCurl ? [] : ['there is no program curl'])],
      fix: keepalived.hasCurl
        ? `run it by hand: \`sudo sh -x ${KEEPALIVED_CHECK}\`; then ${AGAIN}`
        : 'install it: `sudo apt-get install curl`',
    }
  },
}

/** Why a control plane does not take part in the virtual address of the API. */
export const VIRTUAL_ADDRESS_RULES: readonly Rule[] = [off, check]
