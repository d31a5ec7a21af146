import type {CompletableCommand, CompletionLists, Values} from './table.ts'

/**
 * A script for bash and zsh that completes commands, flags, and the values of flags and arguments. Only for the hosts of the cluster file it runs
 * kadm. zsh runs it through bashcompinit, also as the autoloaded function `_kadm`.
 */
export function bashCompletion(
  shell: 'bash' | 'zsh',
  commands: readonly CompletableCommand[],
  lists: CompletionLists,
): string {
  const register = 'complete -o filenames -F _kadm_complete kadm'
  const [start, end] =
    shell === 'zsh'
      ? [
          '#compdef kadm\nautoload -U +X bashcompinit && bashcompinit\n',
          `${register}\nif [ "\${funcstack[1]}" = _kadm ]; then _bash_complete -o filenames -F _kadm_complete; fi\n`,
        ]
      : ['', `${register}\n`]
  return `${start}_kadm_flags() {
  case "$1" in
${flagCases(commands)}
    *) return 1;;
  esac
}
_kadm_values() {
  case "$1" in
${valueCases(commands)}
    *) return 1;;
  esac
}
_kadm_commands='${commands.map(({words}) => words).join('\n')}'
_kadm_phases='${lists.phases.join(' ')}'
_kadm_checks='${lists.checks.join(' ')}'
${FUNCTIONS}${end}`
}

const flagCases = (commands: readonly CompletableCommand[]): string =>
  commands
    .map(({words, flags}) => `    '${words}') flags='${flags.map(({name}) => `--${name}`).join(' ')} --help';;`)
    .join('\n')

/** A line for each argument and flag with a value; a flag that takes a value without a list has an empty one. */
function valueCases(commands: readonly CompletableCommand[]): string {
  const all = commands.flatMap(({words, flags, values}) => [
    ...(values === undefined ? [] : [{pattern: `'${words}'`, values: textOf(values)}]),
    ...flags
      .filter(({takesValue}) => takesValue)
      .flatMap(({name, char, values: ofFlag}) =>
        [`--${name}`, ...(char === undefined ? [] : [`-${char}`])].map(flag => ({
          pattern: `'${words} ${flag}'`,
          values: textOf(ofFlag),
        })),
      ),
  ])
  return all.map(({pattern, values}) => `    ${pattern}) values='${values}';;`).join('\n')
}

const textOf = (values: Values): string =>
  values === undefined ? '' : typeof values === 'string' ? `@${values}` : values.join(' ')

const FUNCTIONS = `_kadm_offer() {
  local words=$1 cur=$2 before=''
  case "$cur" in *,*) before="\${cur%,*},"; cur=\${cur##*,};; esac
  COMPREPLY=($(compgen -P "$before" -W "$words" -- "$cur"))
}
_kadm_hosts() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      -f|--file) "\${COMP_WORDS[0]}" config hosts --file "\${COMP_WORDS[i + 1]}" 2>/dev/null; return;;
    esac
  done
  if [ -e kadm.yaml ]; then "\${COMP_WORDS[0]}" config hosts 2>/dev/null; fi
}
_kadm_complete() {
  local cur=\${COMP_WORDS[COMP_CWORD]} last=\${COMP_WORDS[COMP_CWORD - 1]}
  local typed='' known='' words='' flags='' values='' command word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$word" in -*) break;; esac
    typed="\${typed:+$typed }$word"
    if _kadm_flags "$typed"; then known=$typed; fi
  done
  if [[ "$cur" == -* ]]; then
    flags=''; _kadm_flags "$known" || flags='--help --version'
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  while IFS= read -r command; do
    case "$command" in
      "\${typed:+$typed }"*) word=\${command#"\${typed:+$typed }"}; words="$words \${word%% *}";;
    esac
  done <<KADM_COMMANDS
$_kadm_commands
KADM_COMMANDS
  values='@files'
  case "$last" in
    -*) _kadm_values "$known $last" || _kadm_values "$known" || values='@files';;
    *) if [ -n "$known" ]; then _kadm_values "$known" || values='@files'; fi;;
  esac
  case "$values" in
    @files) _kadm_offer "$words" "$cur";;
    @hosts) _kadm_offer "$words $(_kadm_hosts)" "$cur"; return;;
    @phases) _kadm_offer "$_kadm_phases" "$cur"; return;;
    @checks) _kadm_offer "$_kadm_checks" "$cur"; return;;
    *) _kadm_offer "$values" "$cur"; return;;
  esac
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
`
