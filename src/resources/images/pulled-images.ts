import {z} from 'zod'
import {program} from '../../remote/shell/program.ts'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import {exportAll} from '../core/environment.ts'
import {LISTED_WITHIN_S, withImageList} from './image-list.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fail} from '../files/write-file.ts'
import {reportProgressShell} from '../core/progress-line.ts'
import {base, maybe, texts} from '../core/schema.ts'

/** Images that the host pulls from their registries before the kubelet needs them. */
export interface PulledImagesResource extends ResourceBase {
  readonly kind: 'pulled-images'
  readonly refs: readonly string[]
  /** Where each is asked for by name, to hear from a registry when it wants to be asked again. */
  readonly manifests: Readonly<Record<string, ManifestPlace>>
  /** Proxies, by the names of their variables. */
  readonly environment: Readonly<Record<string, string>>
  /** All images side by side; undefined: one after the other. */
  readonly atOnce?: boolean | undefined
  /** For all of them together. */
  readonly deadlineSeconds: number
  /** Seconds between one try and the next; the number of tries is one more. */
  readonly pauses: readonly number[]
}

export interface ManifestPlace {
  readonly url: string
  readonly caFile: string | undefined
}

export interface PulledImagesFound {
  /** Why nothing could be listed, such as that containerd does not run yet. */
  readonly unavailable: string | undefined
  readonly missing: readonly string[]
}

export const pulledImages = (spec: {
  readonly name: string
  readonly why: string
  readonly refs: readonly string[]
  readonly manifests?: Readonly<Record<string, ManifestPlace>>
  readonly environment?: Readonly<Record<string, string>>
  readonly atOnce?: boolean | undefined
  readonly deadlineSeconds?: number
  readonly pauses?: readonly number[]
}): PulledImagesResource => ({
  kind: 'pulled-images',
  id: `pulled-images:${spec.name}`,
  why: spec.why,
  refs: spec.refs,
  manifests: spec.manifests ?? {},
  environment: spec.environment ?? {},
  ...(spec.atOnce === true ? {atOnce: true} : {}),
  deadlineSeconds: spec.deadlineSeconds ?? 600,
  pauses: spec.pauses ?? [2, 5, 15],
})

export const pulledImagesKind: Kind<PulledImagesResource, PulledImagesFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('pulled-images'),
      refs: texts,
      manifests: z.record(z.string(), z.object({url: z.string(), caFile: maybe(z.string())})),
      environment: z.record(z.string(), z.string()),
      atOnce: maybe(z.boolean()),
      deadlineSeconds: z.number(),
      pauses: z.array(z.number()),
    }),
    state: z.object({unavailable: maybe(z.string()), missing: texts}),
  },
  look: ({refs}) =>
    withImageList(
      '-q',
      sh`for kadm_ref in ${refs}; do
printf '%s\n' "$kadm_list" | grep -qxF -e "$kadm_ref" || printf 'missing %s\n' "$kadm_ref"
done`,
    ),
  parse: output => {
    const after = (word: string): readonly string[] =>
      output.split('\n').flatMap(line => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []))
    return {unavailable: after('unavailable')[0], missing: after('missing')}
  },
  identity: ({missing}) => ({missing}),
  diff: ({refs}, {unavailable, missing}) => {
    if (unavailable !== undefined) return `cannot list the images: ${unavailable}`
    return missing.length === 0 ? undefined : `${missing.length} of ${refs.length} images are missing`
  },
  detail: (_, {missing}) => missing.map(ref => `+ ${ref}`).join('\n') || undefined,
  backup: () => sh`command -v ctr >/dev/null || ${fail('ctr is not installed, so no image can be pulled')}
ctr -n k8s.io images ls -q >"$BACKUP"/refs`,
  act: (resource, {missing}) =>
    concat([
      reportProgressShell,
      exportAll(resource.environment),
      pullShell(resource),
      ...(resource.atOnce === true ? [sh`kadm_pulls=''`] : []),
      ...missing.map(ref => {
        const {url = '', caFile = ''} = resource.manifests[ref] ?? {}
        const pull = sh`kadm_pull ${ref} ${url} ${caFile}`
        return resource.atOnce === true
          ? sh`${pull} &
kadm_pulls="$kadm_pulls $!"`
          : pull
      }),
      ...(resource.atOnce === true ? [allPulled] : []),
      sh`:`,
    ]),
  revert: ({
    refs,
  }) => sh`if command -v ctr >/dev/null && kadm_list=$(timeout ${LISTED_WITHIN_S} ctr -n k8s.io images ls 2>/dev/null); then
for kadm_ref in ${refs}; do
kadm_digest=$(printf '%s\n' "$kadm_list" | sed -n "s|^$kadm_ref  *[^ ]*  *\(sha256:[0-9a-f]*\) .*|\1|p" | head -n 1)
[ -n "$kadm_digest" ] || continue
for kadm_name in $(printf '%s\n' "$kadm_list" | sed -n "s|^\([^ ]*\)  *[^ ]*  *$kadm_digest .*|\1|p"); do
grep -qxF -e "$kadm_name" "$BACKUP"/refs || ctr -n k8s.io images rm "$kadm_name" >/dev/null
done
done
fi`,
  drift: () => undefined,
}

/**
 * `crictl` pulls like the kubelet does, with the runtime's mirrors and logins; `ctr` is the fallback for hosts
 * without it. An error that waiting cannot fix is reported at once. The limit uses the time since boot, because
 * the wall clock is often set during these first minutes.
 */
const pullShell = ({deadlineSeconds, pauses}: PulledImagesResource): Script =>
  program('pull-images', {
    deadline: deadlineSeconds,
    pauses,
    most_pause: MOST_PAUSE,
    too_late: `all images together may take ${deadlineSeconds} s; check the network of this host, or use --bundle`,
  })

/** Each pull tells its own failure; the act fails when they have all ended. */
const allPulled = sh`kadm_missed=''
for kadm_pid in $kadm_pulls; do wait "$kadm_pid" || kadm_missed=yes; done
[ -z "$kadm_missed" ] || exit 1`

/** The longest wait that a registry can request. */
const MOST_PAUSE = 120
