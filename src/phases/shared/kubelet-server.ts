import {KUBELET_CONF} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {cleanup, type CleanupResource} from '../../resources/steps/cleanup.ts'

/** The kubelet writes its kubeconfig once, when it joins, and never corrects the address of the API in it. `server` is a URL. */
export const kubeletServer = (server: string): CleanupResource =>
  cleanup({
    name: 'kubelet-server',
    why: `the kubelet finds the API at ${server}`,
    remains: sh`[ -s ${KUBELET_CONF} ] || exit 0
found=$(sed -n 's/^ *server: *//p' ${KUBELET_CONF} | head -n 1 | tr -d '"')
[ -z "$found" ] || [ "$found" = ${server} ] || echo "the server $found in ${KUBELET_CONF}"`,
    clear: sh`umask 077
sed -e ${`s|^\\( *server:\\).*|\\1 ${server}|`} ${KUBELET_CONF} >${KUBELET_CONF}.new
sync ${KUBELET_CONF}.new
mv -f ${KUBELET_CONF}.new ${KUBELET_CONF}
systemctl try-restart kubelet`,
  })
