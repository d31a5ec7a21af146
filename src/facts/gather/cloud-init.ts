import type {CloudInitFacts} from '../../domain/facts.ts'
import {sh} from '../../remote/shell/shell.ts'
import {given, keyed, type Section} from '../section.ts'

/** What is asked for in user-data is kept in the instance's folder; the folder below /etc is there as long as the program is. */
export const cloudInitSection: Section<CloudInitFacts | undefined> = {
  name: 'cloud-init',
  script: sh`[ -d /etc/cloud/cloud.cfg.d ] || exit 0
echo 'present yes'
[ ! -e /etc/cloud/cloud-init.disabled ] || echo 'disabled yes'
sed -n -E -e 's/^(preserve_hostname|manage_etc_hosts): */\1 /p' /var/lib/cloud/instance/cloud-config.txt`,
  parse(text) {
    const entries = keyed(text.replaceAll(/["']/g, ''))
    if (entries['present'] === undefined) return undefined
    return {
      disabled: entries['disabled'] === 'yes',
      userData: {
        preserveHostname: given(entries['preserve_hostname'])?.toLowerCase(),
        manageEtcHosts: given(entries['manage_etc_hosts'])?.toLowerCase(),
      },
    }
  },
}
