import {PORTS} from '../domain/ports.ts'
import {imagesOf} from '../domain/images.ts'
import {SCHEDULER_CONF} from '../domain/paths.ts'
import {mergeFlags, userFlag} from './flags.ts'
import type {Pod} from './kube-object.ts'
import {envsOf, mergeMounts, probeHost, samePath, staticPod, type StaticPodInput} from './static-pod.ts'

/** The static pod of kube-scheduler. */
export function schedulerPod({cluster}: StaticPodInput): Pod {
  const extra = cluster.extra.scheduler
  const own = {
    'authentication-kubeconfig': SCHEDULER_CONF,
    'authorization-kubeconfig': SCHEDULER_CONF,
    'bind-address': '127.0.0.1',
    kubeconfig: SCHEDULER_CONF,
    'leader-elect': 'true',
  }
  return staticPod({
    name: 'kube-scheduler',
    image: imagesOf(cluster).scheduler,
    flags: mergeFlags(own, extra.args),
    env: envsOf(extra),
    probe: {
      host: probeHost(userFlag(extra.args, 'bind-address') ?? '127.0.0.1'),
      port: Number(userFlag(extra.args, 'secure-port') ?? PORTS.scheduler),
      scheme: 'HTTPS',
      livez: '/livez',
      readyz: '/readyz',
      startup: '/livez',
    },
    startupSeconds: cluster.startupSeconds,
    requests: {cpu: '100m'},
    mounts: mergeMounts([samePath('kubeconfig', SCHEDULER_CONF, 'FileOrCreate')], extra),
  })
}
