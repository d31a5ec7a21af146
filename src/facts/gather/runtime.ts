import type {Facts} from '../../domain/facts.ts'
import {CONTAINERD_CONFIG, CONTAINERD_SOCKET} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {given, keyed, linesOf, type Section} from '../section.ts'

interface Runtime {
  readonly containerd: Facts['containerd']
  readonly sockets: readonly string[]
}

/** The merged configuration as containerd itself reads it (imports and all); only the lines we judge leave the host. */
export const runtimeSection: Section<Runtime> = {
  name: 'runtime',
  script: sh`binary=$(command -v containerd) && {
  echo "binary $binary"
  echo "version $(timeout 30 containerd --version)"
  [ -s ${CONTAINERD_CONFIG} ] && timeout 30 containerd --config ${CONTAINERD_CONFIG} config dump | grep -E '^[[:space:]]*(disabled_plugins|SystemdCgroup)[[:space:]]*=' | sed 's/^ *//'
}
[ -S ${CONTAINERD_SOCKET} ] && echo 'live yes'
for socket in /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /run/docker.sock; do
  [ -S "$socket" ] && echo "socket $socket"
done
:`,
  parse(text) {
    const entries = keyed(text)
    const disabled = entries['disabled_plugins'] ?? ''
    const cgroup = /^SystemdCgroup\s*=\s*(true|false)/m.exec(text)?.[1]
    return {
      containerd: {
        binary: given(entries['binary']),
        version: /\bv?(\d+\.\d+\.\d+\S*)/.exec(entries['version'] ?? '')?.[1],
        criDisabled: /["'](cri|io\.containerd\.grpc\.v1\.cri|io\.containerd\.cri\.v1\.(runtime|images))["']/.test(
          disabled,
        ),
        systemdCgroup: cgroup === undefined ? undefined : cgroup === 'true',
        socket: entries['live'] === 'yes',
      },
      sockets: linesOf(text).flatMap(line => (line.startsWith('socket ') ? line.slice('socket '.length) : [])),
    }
  },
}
