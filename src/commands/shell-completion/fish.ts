import type {CompletableCommand, CompletableFlag, CompletionLists, Values} from './table.ts'

/** A script for fish that completes commands, flags, and the values of flags and arguments, each with its summary. */
export function fishCompletion(commands: readonly CompletableCommand[], lists: CompletionLists): string {
  const lines = commands.flatMap(({words, summary, flags, values}) => [
    wordLine(words, summary),
    ...(values === undefined || values === 'files'
      ? []
      : [`complete -c kadm -x -n ${quote(`__kadm_is '${words}'`)} ${offered(values, lists)}`]),
    ...flags.map(flag => flagLine(words, flag, lists)),
  ])
  const topics = [...new Set(commands.flatMap(({words}) => (words.includes(' ') ? [words.split(' ')[0] ?? ''] : [])))]
  return `${FUNCTIONS}
${topics.map(topic => wordLine(topic, `${topic} …`)).join('\n')}
${lines.join('\n')}
`
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function wordLine(words: string, summary: string): string {
  const parts = words.split(' ')
  return `complete -c kadm -f -n ${quote(`__kadm_next '${parts.slice(0, -1).join(' ')}'`)} -a ${parts.at(-1) ?? ''} -d ${quote(summary)}`
}

function flagLine(
  words: string,
  {name, char, summary, takesValue, values}: CompletableFlag,
  lists: CompletionLists,
): string {
  const short = char === undefined ? '' : ` -s ${char}`
  const value = !takesValue ? '' : values === 'files' ? ' -r' : ` -x ${offered(values, lists)}`
  return `complete -c kadm -n ${quote(`__kadm_is '${words}'`)} -l ${name}${short}${value.trimEnd()} -d ${quote(summary)}`
}

function offered(values: Values, lists: CompletionLists): string {
  if (values === undefined || values === 'files') return ''
  if (values === 'hosts') return "-a '(__kadm_hosts)'"
  return `-a ${quote((values === 'phases' ? lists.phases : values === 'checks' ? lists.checks : values).join(' '))}`
}

const FUNCTIONS = `function __kadm_typed
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and break
        echo $word
    end
end
function __kadm_next
    set -l typed (__kadm_typed)
    test "$typed" = "$argv[1]"
end
function __kadm_is
    set -l typed (__kadm_typed)
    string match -q -- "$argv[1] *" "$typed "
end
function __kadm_hosts
    set -l words (commandline -opc)
    for i in (seq (count $words))
        if contains -- $words[$i] -f --file
            $words[1] config hosts --file $words[(math $i + 1)] 2>/dev/null
            return
        end
    end
    test -e kadm.yaml; and $words[1] config hosts 2>/dev/null
end`
