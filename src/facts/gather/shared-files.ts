import type {SharedFacts} from '../../domain/shared-facts.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, type Section} from '../section.ts'

/** `path`, a tab and a line of it, gathered by path. */
const byPath = (text: string): Readonly<Record<string, readonly string[]>> => {
  const found = new Map<string, readonly string[]>()
  for (const line of text.split('\n')) {
    const at = line.indexOf('\t')
    if (at <= 0) continue
    const path = line.slice(0, at)
    const content = line.slice(at + 1).trim()
    found.set(path, [...(found.get(path) ?? []), ...(content === '' ? [] : [content])])
  }
  return Object.fromEntries(found)
}

/** Every file is named by a line of its own, since an empty one counts too; then what it says of forwarding and bridges. */
export const sysctlFilesSection: Section<SharedFacts['sysctlFiles']> = {
  name: 'sysctl-files',
  script: sh`for file in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /etc/ufw/sysctl.conf; do
  [ -e "$file" ] || [ -L "$file" ] || continue
  printf '%s\t\n' "$file"
  [ -f "$file" ] && timeout 3 awk -v at="$file" '/^[[:space:]]*[^#;[:space:]]/ && /forward|bridge/ {print at "\t" $0}' "$file"
done`,
  parse: text => Object.entries(byPath(text)).map(([path, lines]) => ({path, lines})),
}

/** Each costs some programs. */
const MOST_MANIFESTS = 200

/** The kubelet reads every file there that does not begin with a dot, whatever its ending. Of a pod only the name is printed. */
export const manifestsSection: Section<SharedFacts['manifests']> = {
  name: 'manifests',
  script: sh`seen=0
for file in ${MANIFESTS_DIR}/*; do
  [ -f "$file" ] || continue
  seen=$((seen + 1)); [ "$seen" -le ${MOST_MANIFESTS} ] || break
  timeout 3 awk -v at="$file" '/^metadata:/ {inside = 1; next} /^[^[:space:]#]/ {inside = 0} inside && /^[[:space:]]+name:/ {print at "\t" $0}' "$file"
  timeout 3 head -c 65536 "$file" | tr '\n' ' ' | grep -oE '"metadata"[[:space:]]*:[[:space:]]*[{][^{}]*"name"[[:space:]]*:[[:space:]]*"[^"]*"' | head -n 1 | sed -e 's/.*"name"[[:space:]]*:/name:/' | while read -r line; do printf '%s\t%s\n' "$file" "$line"; done
done`,
  parse(text) {
    // A label may be called name too: the one that is least indented is the pod's.
    const found = text.split('\n').flatMap(line => {
      const match = /^([^\t]+)\t(\s*)name:\s*["']?([^"'\s]+)/.exec(line)
      return match === null ? [] : [{path: match[1] ?? '', indent: (match[2] ?? '').length, name: match[3] ?? ''}]
    })
    return Object.fromEntries(found.toSorted((a, b) => b.indent - a.indent).map(({path, name}) => [path, name]))
  },
}

/** Only what decides how a service starts; an environment may hold secrets, so of it only the flags of the kubelet are printed. */
export const serviceFilesSection: Section<SharedFacts['serviceFiles']> = {
  name: 'service-files',
  script: sh`for folder in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system; do
  for file in "$folder"/kubelet.service "$folder"/containerd.service "$folder"/kubelet.service.d/*.conf "$folder"/containerd.service.d/*.conf; do
    [ -f "$file" ] || continue
    printf '%s\t\n' "$file"
    timeout 3 awk -v at="$file" '/^[[:space:]]*(ExecStart|EnvironmentFile)[[:space:]]*=/ || /KUBELET_[A-Z]*ARGS/ {print at "\t" $0}' "$file"
  done
done
[ -f /etc/default/kubelet ] && printf '%s\t\n' /etc/default/kubelet && timeout 3 awk '/^[[:space:]]*(export[[:space:]]+)?KUBELET_[A-Z_]*=/ {print "/etc/default/kubelet\t" $0}' /etc/default/kubelet`,
  parse: byPath,
}

export const repositoriesSection: Section<SharedFacts['repositories']> = {
  name: 'repositories',
  script: sh`timeout 3 awk '/^[[:space:]]*(deb|deb-src)[[:space:]]/ || /^[Uu][Rr][Ii][Ss]:/ || /^[Ee]nabled:/ {print FILENAME "\t" $0}' $(
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    case $file in *[[:space:]]*) ;; *) [ -f "$file" ] && printf '%s\n' "$file" ;; esac
  done
) /dev/null | sed 's|//[^/[:space:]]*@|//|g'`,
  parse: byPath,
}

/** Markers of the blocks that kadm keeps in /etc/hosts. */
export const blocksSection: Section<SharedFacts['blocks']> = {
  name: 'blocks',
  script: sh`timeout 3 grep -E '^# kadm (begin|end) ' /etc/hosts`,
  parse(text) {
    const found = new Map<string, {begins: number; ends: number}>()
    for (const line of linesOf(text)) {
      const [, , which, name = ''] = line.split(' ')
      const {begins, ends} = found.get(name) ?? {begins: 0, ends: 0}
      found.set(name, which === 'begin' ? {begins: begins + 1, ends} : {begins, ends: ends + 1})
    }
    return Object.fromEntries(found)
  },
}
