import type {LackingFile} from '../../domain/evidence.ts'
import {KUBELET_CONF, KUBELET_CONFIG, KUBELET_FLAGS_ENV, LEDGER_DIR, MANIFESTS_DIR} from '../../domain/paths.ts'
import {program} from '../../remote/shell/program.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wordsOf, type Section} from '../section.ts'

/** What a program reads only at its start may be gone for long before it is missed. */
export const filesSection: Section<readonly LackingFile[]> = {
  name: 'lacking-files',
  script: sh`for by in ${MANIFESTS_DIR}/*.yaml ${KUBELET_CONF} ${KUBELET_CONFIG} ${KUBELET_FLAGS_ENV}; do
  [ -r "$by" ] || continue
  sed '/^ *#/d' "$by" | grep -oE '(=|: *)"?(/etc/kubernetes|/var/lib/kubelet/pki)/[A-Za-z0-9._/-]+[.](crt|key|pub|conf|pem)' | sed 's#^[=: "]*##' | sort -u | while read -r file; do
    [ -s "$file" ] || echo "$file $by"
  done
done | head -n 40`,
  parse: text =>
    linesOf(text).flatMap(line => {
      const [path, namedIn] = wordsOf(line)
      return path === undefined || namedIn === undefined ? [] : [{path, namedIn}]
    }),
}

/** Compares files with the hashes that kadm noted when it wrote them; of their text nothing leaves the host. */
export const changedFilesSection: Section<readonly string[]> = {
  name: 'changed-files',
  script: program('evidence-changed-files', {ledger_dir: LEDGER_DIR}),
  parse: linesOf,
}
