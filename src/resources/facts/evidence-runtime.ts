import type {Evidence} from '../../domain/evidence.ts'
import {CNI_BIN_DIR, CNI_CONF_DIR, CONTAINERD_CONFIG, CONTAINERD_SOCKET, KUBELET_CONFIG} from '../../domain/paths.ts'
import {sh} from '../../remote/shell.ts'
import {keyed, linesOf, wordsOf, type Section} from './section.ts'

/** containerd as it reads its own configuration, and the images it has. */
export const runtimeStateSection: Section<Evidence['runtime']> = {
  name: 'runtime-state',
  script: sh`command -v containerd >/dev/null && echo 'installed yes'
[ -S ${CONTAINERD_SOCKET} ] && echo 'socket yes'
[ -s ${CONTAINERD_CONFIG} ] && kadm_within containerd --config ${CONTAINERD_CONFIG} config dump |
  grep -E '^[[:space:]]*(disabled_plugins|SystemdCgroup|sandbox|sandbox_image)[[:space:]]*=' | sed 's/^ *//; s/^/config /'
images=$(kadm_within ctr -n k8s.io images ls -q) && { echo 'images yes'; echo "$images" | sed 's/^/image /'; }
:`,
  parse(text) {
    const entries = keyed(text)
    const setting = (name: string): string | undefined =>
      new RegExp(`^config ${name}\\s*=\\s*["']?([^"'\\n]*)["']?`, 'm').exec(text)?.[1]
    const cgroup = setting('SystemdCgroup')
    const disabled = /^config disabled_plugins\s*=(.*)$/m.exec(text)?.[1] ?? ''
    return {
      installed: entries['installed'] === 'yes',
      socket: entries['socket'] === 'yes',
      criDisabled: /["'](cri|io\.containerd\.grpc\.v1\.cri|io\.containerd\.cri\.v1\.(runtime|images))["']/.test(
        disabled,
      ),
      systemdCgroup: cgroup === undefined ? undefined : cgroup.trim() === 'true',
      sandboxImage: setting('sandbox') ?? setting('sandbox_image'),
      images:
        entries['images'] === 'yes'
          ? linesOf(text).flatMap(line => (line.startsWith('image ') ? line.slice('image '.length) : []))
          : undefined,
    }
  },
}

/** The pod network's files, and who answers names: for the host, and for its pods. */
export const podNetworkSection: Section<Evidence['network']> = {
  name: 'pod-network',
  script: sh`for file in ${CNI_CONF_DIR}/*.conf ${CNI_CONF_DIR}/*.conflist ${CNI_CONF_DIR}/*.json; do [ -e "$file" ] && echo "config $(basename "$file")"; done
for file in ${CNI_BIN_DIR}/*; do [ -x "$file" ] && echo "plugin $(basename "$file")"; done
sed -n 's/^nameserver */nameserver /p' /etc/resolv.conf
file=$(sed -n 's/^resolvConf: *//p' ${KUBELET_CONFIG} | tr -d '"')
[ -n "$file" ] || file=/etc/resolv.conf
sed -n 's/^nameserver */pods /p' "$file"`,
  parse(text) {
    const valuesOf = (key: string): readonly string[] =>
      linesOf(text).flatMap(line => {
        const [word, value] = wordsOf(line)
        return word === key && value !== undefined ? [value] : []
      })
    return {
      cniConfigs: valuesOf('config'),
      cniPlugins: valuesOf('plugin'),
      nameservers: valuesOf('nameserver'),
      podNameservers: valuesOf('pods'),
    }
  },
}
