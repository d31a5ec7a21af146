import {z} from 'zod'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import {LISTED_WITHIN_S, withImageList} from './image-list.ts'
import type {Kind, ResourceBase, StagedFile} from '../core/kind.ts'
import {fail} from '../files/write-file.ts'
import {base, maybe, upload} from '../core/schema.ts'

/** Images in containerd's store for Kubernetes, from docker archives that are brought gzipped. One resource for many: they share one look. */
export interface ContainerImagesResource extends ResourceBase {
  readonly kind: 'container-images'
  readonly images: readonly WantedImage[]
}

export interface WantedImage {
  /** As the kubelet asks for it: `registry.k8s.io/pause:3.10.2`. */
  readonly ref: string
  /** `sha256:…` of the image's config, which the CRI calls the image's id. */
  readonly configDigest: string
  /** Where the gzipped archive lies on the host when `act` runs. */
  readonly staged: string
  readonly upload: StagedFile | undefined
}

export interface ImagesFound {
  /** Why nothing could be listed, such as that containerd does not run yet. */
  readonly unavailable: string | undefined
  readonly images: readonly ImageFound[]
}

interface ImageFound {
  readonly ref: string
  /** undefined when the store does not tell. */
  readonly configDigest: string | undefined
  readonly pinned: boolean
}

/** `name` tells sets on one host apart: a release, an add-on. */
export const containerImages = (spec: {
  readonly name: string
  readonly why: string
  readonly images: readonly WantedImage[]
}): ContainerImagesResource => ({
  kind: 'container-images',
  id: `container-images:${spec.name}`,
  why: spec.why,
  images: spec.images,
})

/** The kubelet's garbage collection leaves images alone that carry this label (containerd CRI labels.PinnedImageLabelKey). */
const PINNED = 'io.cri-containerd.pinned=pinned'

const imageFound = z.object({ref: z.string(), configDigest: maybe(z.string()), pinned: z.boolean()})

export const containerImagesKind: Kind<ContainerImagesResource, ImagesFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('container-images'),
      images: z.array(z.object({ref: z.string(), configDigest: z.string(), staged: z.string(), upload: maybe(upload)})),
    }),
    state: z.object({unavailable: maybe(z.string()), images: z.array(imageFound)}),
  },
  // The CRI plugin names every image a second time by its config digest, a moment after the import; until then the manifest is asked.
  look: ({images}) =>
    withImageList(
      '',
      sh`printf '%s\n' "$kadm_list"
for kadm_ref in ${images.map(({ref}) => ref)}; do
kadm_digest=$(printf '%s\n' "$kadm_list" | sed -n "s|^$kadm_ref  *[^ ]*  *\(sha256:[0-9a-f]*\) .*|\1|p" | head -n 1)
[ -n "$kadm_digest" ] || continue
if printf '%s\n' "$kadm_list" | grep -q "^sha256:[0-9a-f]*  *[^ ]*  *$kadm_digest "; then continue; fi
printf 'config %s %s\n' "$kadm_ref" "$(ctr -n k8s.io content get "$kadm_digest" 2>/dev/null | tr -d ' \n\t' | sed -n 's/.*"config":{[^}]*"digest":"\([^"]*\)".*/\1/p')"
done`,
    ),
  parse: (output, {images}) => {
    const lines = output.split('\n')
    const unavailable = lines.find(line => line.startsWith('unavailable '))?.slice('unavailable '.length)
    const rows = lines.map(line => line.trim().split(/\s+/))
    const asked = new Map(
      rows.flatMap(([word, ref, config]) => (word === 'config' && ref && config ? [[ref, config]] : [])),
    )
    const byManifest = new Map(
      rows.flatMap(([name, , digest]) => (name?.startsWith('sha256:') && digest ? [[digest, name]] : [])),
    )
    return {
      unavailable,
      images: images.flatMap(({ref}) => {
        const row = rows.find(([name]) => name === ref)
        if (row === undefined) return []
        const configDigest = byManifest.get(row[2] ?? '') ?? asked.get(ref)
        return [{ref, configDigest, pinned: row.some(word => word.split(',').includes(PINNED))}]
      }),
    }
  },
  identity: ({images}) => ({images: images.map(({ref, configDigest}) => [ref, configDigest]).toSorted()}),
  diff: ({images}, state) => {
    if (state.unavailable !== undefined) return `cannot list the images: ${state.unavailable}`
    const missing = images.filter(image => needs(image, state) === 'import').length
    const unpinned = images.filter(image => needs(image, state) === 'pin').length
    const parts = [
      ...(missing === 0 ? [] : [`${missing} of ${images.length} images missing or different`]),
      ...(unpinned === 0 ? [] : [`the kubelet can delete ${unpinned} of ${images.length} images (not pinned)`]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: ({images}, state) =>
    images
      .filter(image => needs(image, state) === 'import')
      .map(({ref}) => `+ ${ref}`)
      .join('\n') || undefined,
  uploads: ({images}, state) =>
    images.flatMap(image => (image.upload !== undefined && needs(image, state) === 'import' ? [image.upload] : [])),
  act: ({images}, state) =>
    concat([
      sh`command -v ctr >/dev/null || ${fail('ctr is not installed, so no image can be imported')}`,
      asClient,
      ...chunks(oneAnArchive(images.filter(image => needs(image, state) === 'import'))).map(chunk =>
        atOnce(chunk.map(importImage)),
      ),
      pinned(images.filter(image => needs(image, state) !== 'nothing').map(({ref}) => ref)),
    ]),
  backup: () => sh`ctr -n k8s.io images ls -q >"$BACKUP"/refs`,
  revert: ({
    images,
  }) => sh`if command -v ctr >/dev/null && timeout ${LISTED_WITHIN_S} ctr -n k8s.io images ls -q >/dev/null 2>&1; then
for kadm_ref in ${images.flatMap(({ref, configDigest}) => [ref, configDigest])}; do
grep -qxF -e "$kadm_ref" "$BACKUP"/refs || ctr -n k8s.io images rm "$kadm_ref" >/dev/null
done
fi`,
  drift: () => undefined,
}

function needs(image: WantedImage, state: ImagesFound): 'import' | 'pin' | 'nothing' {
  const found = state.images.find(({ref}) => ref === image.ref)
  if (found === undefined) return 'import'
  if (found.configDigest !== undefined && found.configDigest !== image.configDigest) return 'import'
  return found.pinned ? 'nothing' : 'pin'
}

/** Several names of one image come in one archive. */
const oneAnArchive = (images: readonly WantedImage[]): readonly WantedImage[] => [
  ...new Map(images.map(image => [image.staged, image])).values(),
]

/** The CRI plugin writes its own labels a moment after an import, over ours; so it is looked again until they stay. */
const pinned = (refs: readonly string[]): Script => sh`for kadm_try in 1 2 3 4 5 6 7 8 9 10; do
kadm_list=$(ctr -n k8s.io images ls); kadm_loose=''
for kadm_ref in ${refs}; do
printf '%s\n' "$kadm_list" | grep -F -e "$kadm_ref " | grep -qF -e ${PINNED} && continue
kadm_loose=yes; ctr -n k8s.io images label "$kadm_ref" ${PINNED} >/dev/null
done
[ -n "$kadm_loose" ] || break
sleep 0.2
done`

/** Where ctr can read an archive itself, that takes half as long as to hand it to containerd piece by piece (ctr 2.0 and later do the latter). */
const asClient = sh`kadm_local=''
if ctr images import --help 2>&1 | grep -q -e --local; then kadm_local=--local; fi`

/** A pipe ends as its last part does, so what the unpacking came to is noted beside. */
const importImage = (image: WantedImage): Script => sh`rm -f -- ${`${image.staged}.bad`}
{ gzip -dc <${image.staged} || : >${`${image.staged}.bad`}; } | ctr -n k8s.io images import $kadm_local --no-unpack - >/dev/null
[ ! -e ${`${image.staged}.bad`} ] || ${fail(`the archive of ${image.ref} is damaged`)}
rm -f -- ${image.staged}`

/** Unpacking keeps one core busy an image; more at once only costs the host memory. */
const AT_ONCE = 3

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  all.length === 0 ? [] : [all.slice(0, AT_ONCE), ...chunks(all.slice(AT_ONCE))]

/** Runs the scripts side by side, waits for all and fails when one did. */
const atOnce = (scripts: readonly Script[]): Script =>
  concat([
    sh`kadm_failed=0; kadm_jobs=''`,
    ...scripts.map(
      script => sh`(${script}) &
kadm_jobs="$kadm_jobs $!"`,
    ),
    sh`for kadm_job in $kadm_jobs; do wait "$kadm_job" || kadm_failed=1; done
[ "$kadm_failed" = 0 ]`,
  ])
