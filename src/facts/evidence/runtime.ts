import type {Evidence} from '../../domain/evidence.ts'
import {CONTAINERD_CONFIG, CONTAINERD_SOCKET} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {keyed, linesOf, type Section} from '../section.ts'

/** containerd as it reads its own configuration, and the images it has. */
export const runtimeStateSection: Section<Evidence['runtime']> = {
  name: 'runtime-state',
  script: sh`command -v containerd >/dev/null && echo 'installed yes'
[ -S ${CONTAINERD_SOCKET} ] && echo 'socket yes'
[ -s ${CONTAINERD_CONFIG} ] && kadm_within containerd --config ${CONTAINERD_CONFIG} config dump |
  grep -E '^[[:space:]]*(disabled_plugins|SystemdCgroup|sandbox|sandbox_image)[[:space:]]*=' | sed 's/^ *//; s/^/config /'
images=$(kadm_within ctr -n k8s.io images ls -q) && { echo 'images yes'; echo "$images" | sed 's/^/image /'; }
[ -n "$images" ] || [ ! -S ${CONTAINERD_SOCKET} ] || { timeout -k 1 4 ctr -n k8s.io version >/dev/null; [ $? -lt 124 ] || echo 'silent yes'; }
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
      isSilent: entries['silent'] === 'yes',
      images:
        entries['images'] === 'yes'
          ? linesOf(text).flatMap(line => (line.startsWith('image ') ? line.slice('image '.length) : []))
          : undefined,
    }
  },
}
