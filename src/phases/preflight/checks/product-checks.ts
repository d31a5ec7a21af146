import {OTHER_KUBERNETES} from '../../../domain/other-kubernetes.ts'
import {kubeletComesBy} from '../../host/packages.ts'
import type {Finding} from '../finding.ts'
import {error, warning, type HostCheck} from '../input.ts'

/** States of units that systemd does not start at boot. */
const OFF = ['disabled', 'masked', 'static', 'indirect', 'alias', '']

/** Another product runs a kubelet here, or will after the next boot, or can start one at any time. */
export const otherKubernetesCheck: HostCheck = view => {
  const units = OTHER_KUBERNETES.flatMap(([unit, product]) => {
    const state = view.facts.units[`${unit}.service`]
    return state === undefined || state.enabled === 'masked' ? [] : [{unit: `${unit}.service`, product, ...state}]
  })
  const products = [...new Set(units.map(({product}) => product))]
  return products.map((product): Finding => {
    const own = units.filter(one => one.product === product)
    const isActive = own.some(({active}) => !['inactive', 'failed'].includes(active))
    const boots = own.filter(({enabled}) => !OFF.includes(enabled)).map(({unit}) => unit)
    const remedy = `uninstall ${product}, or use another machine`
    if (isActive) return error('OtherKubernetes', view, `${product} runs here`, remedy)
    if (boots.length > 0) {
      const message = `${product} is stopped, but starts at the next boot (${boots.join(', ')})`
      return error(
        'OtherKubernetes',
        view,
        message,
        `uninstall ${product}, or turn it off: sudo systemctl disable ${boots.join(' ')}`,
      )
    }
    const message = `${product} is installed, and does not run`
    return warning(
      'OtherKubernetes',
      view,
      message,
      `uninstall ${product}, so that it cannot start next to this cluster`,
    )
  })
}

/**
 * kadm does not change a kubelet that comes from neither a package nor a bundle, so it must already have the requested release.
 */
export const ownKubeletCheck: HostCheck = (view, {cluster, bundleArchitecture}) => {
  const {facts} = view
  const bundle = bundleArchitecture === undefined ? undefined : {}
  const {version} = facts.kubelet
  if (view.isMember || version === cluster.version.text || kubeletComesBy({bundle, facts}) !== 'unmanaged') return []
  const message = `kubelet ${version ?? ''} was not installed from a package; kadm cannot change it to ${cluster.version.text}`
  const remedy =
    'pass a bundle with this version (--bundle FOLDER), or remove the program: sudo rm "$(command -v kubelet)"'
  return [error('KubeletSource', view, message, remedy)]
}
