import type {Evidence} from '../../domain/evidence.ts'
import {KEEPALIVED_CHECK} from '../../domain/virtual-address.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, type Section} from '../section.ts'

/** Only on a control plane where kadm set it up. The check asks the API server of the machine, as keepalived does. */
export const keepalivedSection: Section<Evidence['keepalived']> = {
  name: 'keepalived',
  script: sh`[ -e ${KEEPALIVED_CHECK} ] || exit 0
echo "active $(systemctl show -p ActiveState --value keepalived.service)"
timeout 10 ${KEEPALIVED_CHECK} >/dev/null && echo 'check passes'
command -v curl >/dev/null || echo 'no curl'
journalctl -u keepalived -n 1 --no-pager -o cat | sed 's/^/last /'`,
  parse: text => {
    const lines = linesOf(text)
    const after = (word: string): string | undefined =>
      lines.find(line => line.startsWith(`${word} `))?.slice(word.length + 1)
    const active = after('active')
    return active === undefined
      ? undefined
      : {
          active,
          checkPasses: lines.includes('check passes'),
          hasCurl: !lines.includes('no curl'),
          lastLine: after('last'),
        }
  },
}
