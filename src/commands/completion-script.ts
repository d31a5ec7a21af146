/** What the completion script needs to know about one command. */
export interface CompletableCommand {
  /** The words after `kadm`: `lab up`. */
  readonly words: string
  readonly flags: readonly string[]
}

/**
 * A script that completes words, then flags, by the longest command that fits the line. zsh runs it through
 * bashcompinit. It does not run kadm to complete a command, so it is instant.
 */
export function completionScript(shell: 'bash' | 'zsh', commands: readonly CompletableCommand[]): string {
  const table = commands.map(
    ({words, flags}) => `    '${words}') flags='${flags.map(flag => `--${flag}`).join(' ')}';;`,
  )
  const start = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''
  return `${start}_kadm_flags() {
  case "$1" in
${table.join('\n')}
    *) return 1;;
  esac
}
_kadm() {
  local cur=\${COMP_WORDS[COMP_CWORD]} typed='' known='' words='' flags='' command word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$word" in -*) break;; esac
    typed="\${typed:+$typed }$word"
    if _kadm_flags "$typed"; then known=$typed; fi
  done
  if [[ "$cur" == -* ]]; then
    flags=''; _kadm_flags "$known" || flags='--help --version'
    COMPREPLY=($(compgen -W "$flags --help" -- "$cur"))
    return
  fi
  while IFS= read -r command; do
    case "$command" in
      "\${typed:+$typed }"*) word=\${command#"\${typed:+$typed }"}; words="$words \${word%% *}";;
    esac
  done <<'KADM_COMMANDS'
${commands.map(({words}) => words).join('\n')}
KADM_COMMANDS
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _kadm kadm
`
}
