import type {LackingFile} from '../../domain/evidence.ts'
import {KUBELET_CONFIG, KUBELET_FLAGS_ENV, MANIFESTS_DIR} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wordsOf, type Section} from '../section.ts'

/** What a program reads only at its start may be gone for long before it is missed. */
export const filesSection: Section<readonly LackingFile[]> = {
  name: 'lacking-files',
  script: sh`for by in ${MANIFESTS_DIR}/*.yaml ${KUBELET_CONFIG} ${KUBELET_FLAGS_ENV}; do
  [ -r "$by" ] || continue
  sed '/^ *#/d' "$by" | grep -oE '(=|: *)"?/etc/kubernetes/[A-Za-z0-9._/-]+[.](crt|key|pub|conf)' | sed 's#^[=: "]*##' | sort -u | while read -r file; do
    [ -s "$file" ] || echo "$file $by"
  done
done | head -n 40`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [path, namedIn] = wordsOf(line)
      return path === undefined || namedIn === undefined ? [] : [{path, namedIn}]
    }),
}
