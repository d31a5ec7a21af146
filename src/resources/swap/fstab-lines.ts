import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {temporaryPath} from '../files/host-path.ts'

/** One whole line and what it becomes. */
export interface Rewrite {
  readonly from: string
  readonly to: string
}

/**
 * Shell that replaces whole lines of a file at once or not at all. Where the result says the same as the file `original` (a word of
 * shell), it becomes that byte for byte, a missing newline at the end too.
 */
export const rewriteLines = (
  path: string,
  rewrites: readonly Rewrite[],
  original?: string,
): Script => sh`kadm_new=${temporaryPath(path)}
rm -f -- "$kadm_new"
cp -a -- ${path} "$kadm_new"
while IFS= read -r kadm_line || [ -n "$kadm_line" ]; do
case $kadm_line in
${concat(rewrites.map(({from, to}) => sh`${literal(from)}) kadm_line=${literal(to)};;`))}
esac
printf '%s\n' "$kadm_line"
done <${path} >"$kadm_new"
${original === undefined ? sh`:` : sameAs(new Script(original))}
sync -- "$kadm_new"
mv -fT -- "$kadm_new" ${path}`

const sameAs = (original: Script): Script =>
  sh`if [ "$(cat "$kadm_new")" = "$(cat ${original})" ]; then cp -a -- ${original} "$kadm_new"; fi`

/** Always in quotes, so that a pattern is taken literally. */
const literal = (text: string): Script => sh`"$(printf %s ${Buffer.from(text).toString('base64')} | base64 -d)"`
