import {directHosts, proxyEnvironment} from '../../domain/no-proxy.ts'
import {aptProxy, unitProxy} from '../../manifests/proxy.ts'
import {absent} from '../../resources/files/absent.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {file} from '../../resources/files/file.ts'
import type {Phase, PhaseContext} from '../phase.ts'

/** Comes late, so that it says the last word. */
export const APT_PROXY = '/etc/apt/apt.conf.d/95kadm-proxy'

/** The drop-in of ours that tells a unit of the proxy. */
export const proxyDropIn = (unit: 'containerd' | 'kubelet'): string =>
  `/etc/systemd/system/${unit}.service.d/20-kadm-proxy.conf`

/** The proxy for one unit, or that none is told any more. */
export function unitKnowsProxy(context: PhaseContext, unit: 'containerd' | 'kubelet'): AnyResource {
  const path = proxyDropIn(unit)
  return context.cluster.proxy === undefined
    ? absent({path, why: 'the file names no proxy'})
    : file({
        path,
        content: unitProxy(proxyEnvironment(context)),
        why: `${unit} reaches registries by the proxy, and the cluster without it`,
      })
}

/** How packages are reached; before anything else is fetched. */
export const proxyPhase: Phase = {
  name: 'proxy',
  title: 'Name the proxy',
  why: 'what is outside is reached by the proxy, and what is inside never',
  when: ({cluster, facts, bundle}) => {
    if (bundle !== undefined) return 'the bundle brings everything'
    return cluster.proxy === undefined && facts.files[APT_PROXY] === undefined ? 'the file names no proxy' : true
  },
  resources: context => {
    const {proxy} = context.cluster
    return [
      proxy === undefined
        ? absent({path: APT_PROXY, why: 'the file names no proxy'})
        : file({
            path: APT_PROXY,
            content: aptProxy(proxy, directHosts(context)),
            why: 'packages are fetched by the proxy, also when the machine upgrades itself',
          }),
    ]
  },
}
