/** Takes the words after a keyword of ssh_config apart as ssh does: both quotes, backslashes, and `#` at a word's beginning ends them; undefined where a quote is not closed. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at)
    if (char === '#') return words
    if (isBlank(char)) {
      at += 1
      continue
    }
    const word = wordAt(text, at)
    if (word === undefined) return undefined
    words.push(word.value)
    at = word.end
  }
  return words
}

const isBlank = (char: string): boolean => char === ' ' || char === '\t'

function wordAt(text: string, start: number): {readonly value: string; readonly end: number} | undefined {
  let quote = ''
  let value = ''
  let at = start
  for (; at < text.length; at++) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (char === '\\' && next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
      value += next
      at += 1
    } else if (quote === '' && isBlank(char)) break
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (quote !== '' && char === quote) quote = ''
    else value += char
  }
  return quote === '' ? {value, end: at} : undefined
}

/** Whether a text matches one of ssh's patterns: `*` and `?`, and nothing else is special. */
export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

/** Whether a text matches a comma-separated list of patterns; one behind `!` that matches rules it out. */
export function matchesList(text: string, list: string): boolean {
  const patterns = list.split(',').map(pattern => pattern.trim())
  if (patterns.some(pattern => pattern.startsWith('!') && matchesPattern(text, pattern.slice(1)))) return false
  return patterns.some(pattern => !pattern.startsWith('!') && matchesPattern(text, pattern))
}
