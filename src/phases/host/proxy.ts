import {directHosts, proxyEnvironment} from '../../domain/no-proxy.ts'
import {aptProxy, unitProxy} from '../../manifests/proxy.ts'
import {absent} from '../../resources/files/absent.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {file} from '../../resources/files/file.ts'
import type {Phase, PhaseContext} from '../phase.ts'

/** Sorts last, so that its settings override the others. */
export const APT_PROXY = '/etc/apt/apt.conf.d/95kadm-proxy'

/** The drop-in of kadm that sets the proxy of a unit. */
export const proxyDropIn = (unit: 'containerd' | 'kubelet'): string =>
  `/etc/systemd/system/${unit}.service.d/20-kadm-proxy.conf`

/** Sets the proxy for one unit, or removes it. */
export function unitKnowsProxy(context: PhaseContext, unit: 'containerd' | 'kubelet'): AnyResource {
  const path = proxyDropIn(unit)
  return context.cluster.proxy === undefined
    ? absent({path, why: 'the file sets no proxy'})
    : file({
        path,
        content: unitProxy(proxyEnvironment(context)),
        why: `${unit} uses the proxy for registries, but not for the cluster`,
      })
}

/** The proxy for packages; before any download. */
export const proxyPhase: Phase = {
  name: 'proxy',
  title: 'Configure the proxy',
  why: 'external addresses need the proxy; cluster addresses must not use it',
  when: ({cluster, facts, bundle}) => {
    if (bundle !== undefined) return 'the bundle contains everything'
    return cluster.proxy === undefined && facts.files[APT_PROXY] === undefined ? 'the file sets no proxy' : true
  },
  resources: context => {
    const {proxy} = context.cluster
    return [
      proxy === undefined
        ? absent({path: APT_PROXY, why: 'the file sets no proxy'})
        : file({
            path: APT_PROXY,
            content: aptProxy(proxy, directHosts(context)),
            why: 'apt fetches packages through the proxy, also for unattended upgrades',
          }),
    ]
  },
}
