import {rangeContains} from '../../domain/cidr.ts'
import {KadmError} from '../../domain/errors.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import type {ConfigLine} from './ssh-config.ts'
import {expandTokens, type TokenSource} from './ssh-tokens.ts'
import {matchesList} from './ssh-words.ts'

export interface MatchContext {
  readonly localMachine: LocalMachine
  readonly isFinal: boolean
  /** What is known so far: lines before this one have been read. */
  readonly source: () => TokenSource
  readonly tag: string
  readonly tokens: () => Readonly<Record<string, string>>
  /** `Match final` asks for a second pass. */
  readonly wantFinal: () => void
}

interface Criterion {
  readonly name: string
  readonly isNegated: boolean
  readonly value: string
}

const KNOWN = new Set([
  ...['all', 'canonical', 'final', 'host', 'originalhost', 'user', 'localuser'],
  ...['tagged', 'sessiontype', 'localnetwork', 'exec'],
])
const WITHOUT_VALUE = new Set(['all', 'canonical', 'final'])

/** Whether all criteria of a Match line hold. A command is run only where those before it hold. */
export async function matchCriteria(line: ConfigLine, context: MatchContext): Promise<boolean> {
  let holds = true
  for (const criterion of criteriaOf(line)) {
    if (criterion.name === 'final') context.wantFinal()
    if (holds) holds = (await isMet(criterion, line, context)) !== criterion.isNegated
  }
  return holds
}

function criteriaOf({words, place}: ConfigLine): readonly Criterion[] {
  const criteria: Criterion[] = []
  for (let i = 0; i < words.length; i++) {
    const [, negation = '', written = '', , given] = /^(!?)([^=]*)(=(.*))?$/s.exec(words[i] ?? '') ?? []
    const name = written.toLowerCase()
    if (!KNOWN.has(name)) throw unknown(name, place)
    const needsValue = !WITHOUT_VALUE.has(name)
    const value = given ?? (needsValue ? words[++i] : '')
    if (value === undefined) throw malformed(place, `${name} has no value`)
    criteria.push({name, isNegated: negation === '!', value})
  }
  if (criteria.length === 0) throw malformed(place, 'Match has no criteria')
  if (criteria.length > 1 && criteria.some(({name}) => name === 'all') && !criteria.every(mayStandWithAll))
    throw malformed(place, "'all' cannot be combined with other criteria")
  return criteria
}

const mayStandWithAll = ({name}: Criterion): boolean => WITHOUT_VALUE.has(name)

const malformed = (place: string, what: string): KadmError =>
  new KadmError('config', `${place}: ${what}`, {hint: 'see Match in ssh_config(5)'})

async function isMet({name, value}: Criterion, {place}: ConfigLine, context: MatchContext): Promise<boolean> {
  const {localMachine, isFinal, source, tag, tokens} = context
  const host = (text: string): boolean => matchesList(text.toLowerCase(), value.toLowerCase())
  switch (name) {
    case 'all':
      return true
    case 'canonical':
    case 'final':
      return isFinal
    case 'host':
      return host(source().host)
    case 'originalhost':
      return host(source().original)
    case 'user':
      return matchesList(source().user, value)
    case 'localuser':
      return matchesList(localMachine.user, value)
    case 'tagged':
      return matchesList(tag, value)
    case 'sessiontype':
      return matchesList('exec', value)
    case 'localnetwork':
      return localMachine
        .addresses()
        .some(address => value.split(',').some(range => rangeContains(range.trim(), address)))
    case 'exec':
      return await localMachine.succeeds(expandTokens(value, {tokens: tokens(), localMachine, place}))
    default:
      throw unknown(name, place)
  }
}

const unknown = (name: string, place: string): KadmError =>
  new KadmError('config', `${place}: unknown criterion '${name}' of Match`, {
    hint: 'use host, originalhost, user, localuser, exec, tagged, final or all',
  })
