import {z} from 'zod'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base} from '../core/schema.ts'

/** Rules that ufw must have, as `ufw show added` prints them; those with our comment that are not among them are to go. */
export interface UfwRulesResource extends ResourceBase {
  readonly kind: 'ufw-rules'
  readonly rules: readonly UfwRule[]
  /** Starts the comment of every rule of kadm. */
  readonly mark: string
  /** Whether rules of ours that are not wanted are taken out; not where another program may need them. */
  readonly prune: boolean
}

export interface UfwRule {
  /** `allow from 192.168.56.11 to any port 10250 proto tcp`. */
  readonly rule: string
  readonly comment: string
}

export interface UfwRulesFound {
  readonly rules: readonly UfwRule[]
}

export const ufwRules = (spec: Omit<UfwRulesResource, 'kind' | 'id'>): UfwRulesResource => ({
  kind: 'ufw-rules',
  id: 'ufw-rules',
  ...spec,
})

const show = sh`if command -v ufw >/dev/null; then LC_ALL=C ufw show added; fi`

const ufwRule = z.object({rule: z.string(), comment: z.string()})

export const ufwRulesKind: Kind<UfwRulesResource, UfwRulesFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('ufw-rules'),
      rules: z.array(ufwRule),
      mark: z.string(),
      prune: z.boolean(),
    }),
    state: z.object({rules: z.array(ufwRule)}),
  },
  look: () => show,
  parse: output => ({
    rules: output.split('\n').flatMap(line => {
      const [, rule, comment = ''] = /^ufw (.*?)(?: comment '([^']*)')?$/.exec(line) ?? []
      return rule === undefined ? [] : [{rule, comment}]
    }),
  }),
  identity: ({rules}) => ({rules: rules.map(({rule}) => rule).toSorted()}),
  diff: (wanted, found) => {
    const {missing, unwanted} = compare(wanted, found)
    const parts = [
      ...(missing.length === 0 ? [] : [counted(missing, 'is missing', 'are missing')]),
      ...(unwanted.length === 0 ? [] : [counted(unwanted, 'is no longer needed', 'are no longer needed')]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: (wanted, found) => {
    const {missing, unwanted} = compare(wanted, found)
    return [...unwanted.map(rule => `-ufw ${rule.rule}`), ...missing.map(rule => `+ufw ${rule.rule}`)].join('\n')
  },
  act: (wanted, found) => {
    const {missing, unwanted} = compare(wanted, found)
    return concat([...unwanted.map(remove), ...missing.map(add)])
  },
  // By our comment, so that a rule which was there before, or which you added since, stays.
  revert: ({mark}, original) => sh`kadm_rules=$(${show} | sed -n ${`s/^ufw \\(.*\\) comment '${mark}[^']*'$/\\1/p`})
printf '%s\n' "$kadm_rules" | while read -r kadm_rule; do
case $kadm_rule in
'') continue ;;
${concat(original.rules.filter(({comment}) => comment.startsWith(mark)).map(({rule}) => sh`${rule}) continue ;;`))}
esac
set -- $kadm_rule
if [ "$1" = route ]; then shift; ufw route delete "$@"; else ufw delete "$@"; fi </dev/null
done`,
  // A missing or extra rule is not a reason to keep the rest.
  drift: () => undefined,
}

interface Comparison {
  readonly missing: readonly UfwRule[]
  readonly unwanted: readonly UfwRule[]
}

/** A rule is the same whoever made it and whatever comment it has; only rules with our comment are ever taken out. */
function compare({rules, mark, prune}: UfwRulesResource, found: UfwRulesFound): Comparison {
  const present = new Set(found.rules.map(({rule}) => rule))
  const wanted = new Set(rules.map(({rule}) => rule))
  return {
    missing: rules.filter(({rule}) => !present.has(rule)),
    unwanted: prune ? found.rules.filter(({rule, comment}) => comment.startsWith(mark) && !wanted.has(rule)) : [],
  }
}

function counted(rules: readonly UfwRule[], one: string, more: string): string {
  const [first] = rules
  return rules.length === 1 && first !== undefined ? `${first.rule} ${one}` : `${String(rules.length)} rules ${more}`
}

const isRoute = (rule: string): boolean => rule.startsWith('route ')
const wordsOf = (rule: string): readonly string[] => rule.split(' ')

const add = ({rule, comment}: UfwRule): Script => sh`ufw ${wordsOf(rule)} comment ${comment}`

const remove = ({rule}: UfwRule): Script =>
  isRoute(rule) ? sh`ufw route delete ${wordsOf(rule).slice(1)}` : sh`ufw delete ${wordsOf(rule)}`
