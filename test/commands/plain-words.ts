import {readFileSync, readdirSync} from 'node:fs'
import {join, relative} from 'node:path'
import ts from 'typescript'
import {documentTexts, sourceTexts, textsOfMarkdown, treeOf, type Text} from './mentions.ts'
import {ROOT} from './run-command.ts'

/** Wording that readers stumble over, and what to write instead. */
export interface OddWording {
  readonly pattern: RegExp
  readonly better: string
}

/** Idioms, riddles and inversions; the model is the style guide of the Kubernetes documentation. */
export const ODD_WORDINGS: readonly OddWording[] = [
  {pattern: /\bmend(s|ed|ing|able)?\b/i, better: 'fix or repair'},
  {pattern: /\banew\b/i, better: 'again, or new'},
  {
    pattern: /\b(?<!there )(is|are|was|were|be|am) no (?!longer\b|more than\b)[a-z]/i,
    better: "is not, does not exist, or invalid '…'",
  },
  {pattern: /\b(is|are|was|were) told\b/i, better: 'say who reports what: kadm reports …'},
  {
    pattern: /\bwho (has|have|is|are|loads?|wants?|knows?)\b/i,
    better: 'address the reader as you, or name the program',
  },
  {pattern: /\b(of|by|from|to|than) others\b|\bothers'/i, better: 'name them: other programs, other nodes'},
  {pattern: /\b(he|him|his|himself)\b/i, better: 'you, or name the program'},
  {pattern: /\b(is|are|was|were) to be \w+(ed|de|en|pt)\b/i, better: 'must be, or will be'},
  {
    pattern: /\bwhat is so\b|\bif it fails again\b|\b(is|are|be) so (again|already|still|now)\b/i,
    better: 'name the state',
  },
  {pattern: /\bas (it|they) should( be)?\b/i, better: 'name the expected state'},
  {pattern: /\b(goes?|going|went|gone) on\b(?! (the|a|an|each|every|this|port|top)\b)/i, better: 'continues'},
  {pattern: /\b(is|are|was|were) at work\b/i, better: 'is running'},
  {pattern: /\b(is|was|were) heard\b/i, better: 'received'},
  {pattern: /\ball the same\b|\ball else\b/i, better: 'still, everything else'},
  {pattern: /\bgives? back\b|\btakes? back\b/i, better: 'restores, revokes, deletes'},
  {pattern: /\bfor ever\b|\bfor good\b/i, better: 'permanently'},
  {pattern: /\b(makes?|made|making)( (it|them|itself))? (again|anew)\b/i, better: 'creates, renews or rewrites'},
  {pattern: /\blets?( \w+)? in\b/i, better: 'admits, allows, accepts'},
  {pattern: /\bstands? (behind|for itself|in the way)\b/i, better: 'explains, causes, blocks'},
  {pattern: /\bsits?\b/i, better: 'is, or is installed'},
  {pattern: /\bNor\b|\bnor (is|are|was|were|do|does|did|can|has|have|will)\b/, better: 'a second sentence with not'},
  {pattern: /\bleads? nowhere\b/i, better: 'does not exist, or does not work'},
  {pattern: /\bsomebody\b/i, better: 'you, a person or another program'},
  {pattern: /\b(is|are|was|were|be) had\b/i, better: 'is available'},
  {pattern: /\bof (its|their) own accord\b/i, better: 'on its own, or automatically'},
  {pattern: /\ba further\b|\bonce more\b|\bat hand\b/i, better: 'another, again, available'},
  {pattern: /\b(comes?|came) back (as|with|to life)\b/i, better: 'is returned as, returns'},
  {pattern: /\bwhat is to be\b/i, better: 'what kadm must or will do'},
  {pattern: /\bthat is none\b|\bthere is none\b/i, better: 'name what is missing'},
]

export function commentsOf(file: string): readonly Text[] {
  const source = readFileSync(file, 'utf8')
  const tree = treeOf(file, source)
  const found = new Map<number, Text>()
  const walk = (node: ts.Node): void => {
    for (const {pos, end} of ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []) {
      const line = tree.getLineAndCharacterOfPosition(pos).line + 1
      found.set(pos, {place: `${relative(ROOT, file)}:${String(line)}`, text: source.slice(pos, end)})
    }
    ts.forEachChild(node, walk)
  }
  walk(tree)
  return [...found.values()]
}

/** The first argument of `it`, `test`, `describe` and what they offer, such as `it.each(…)`. */
export function titlesOf(file: string, source: string): readonly Text[] {
  const tree = treeOf(file, source)
  const found: Text[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText(tree))) {
      const [title] = node.arguments
      const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
      if (title !== undefined && ts.isStringLiteralLike(title))
        found.push({place: `${file}:${String(line)}`, text: title.text})
    }
    ts.forEachChild(node, walk)
  }
  walk(tree)
  return found
}

const testTitles = (): readonly Text[] =>
  below('test')
    .filter(path => path.endsWith('.ts'))
    .flatMap(path => titlesOf(relative(ROOT, path), readFileSync(path, 'utf8')))

const below = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))

/** Comment lines of the files that kadm fills and copies to hosts; their code is not prose. */
const templateTexts = (): readonly Text[] =>
  below('templates').flatMap(file =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, i) =>
        /^\s*(#|;|\/\/)/.test(text) ? [{place: `${relative(ROOT, file)}:${String(i + 1)}`, text}] : [],
      ),
  )

/** Comments in files that kadm writes to hosts: another wording would make every host differ from its plan. */
const WRITTEN_TO_HOSTS: readonly Text[] = [
  {place: 'src/manifests/host-files.ts', text: 'also when cloud-init writes it anew.'},
  {place: 'templates/containerd-v3.toml', text: 'costs an idle node of few cores more than all else;'},
]

const isWrittenToHosts = ({place, text}: Text): boolean =>
  WRITTEN_TO_HOSTS.some(written => place.startsWith(`${written.place}:`) && text.includes(written.text))

/** A text of one word is a name, such as the user `nobody`. */
const isProse = ({text}: Text): boolean => /\w\s+\S*\w/.test(text)

/** Everything that a person reads in this repository, and the titles of the tests. */
export const proseTexts = (): readonly Text[] =>
  [
    ...sourceTexts(),
    ...below('src').flatMap(commentsOf),
    ...templateTexts(),
    ...testTitles(),
    ...documentTexts(),
    ...textsOfMarkdown('CHANGELOG.md', readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')),
  ].filter(text => isProse(text) && !isWrittenToHosts(text))

const SENTENCE_END = /[.!?;:](?=\s)|\n/g

/** The sentence around the place of a hit. */
function sentenceAt(text: string, index: number): string {
  const ends = [...text.matchAll(SENTENCE_END)].map(match => match.index + 1)
  const start = ends.findLast(end => end <= index) ?? 0
  return text.slice(start, ends.find(end => end > index) ?? text.length).trim()
}

/** Each odd wording in the texts, with its place, its sentence and the better form. */
export const oddWordingsIn = (
  texts: readonly Text[],
  wordings: readonly OddWording[] = ODD_WORDINGS,
): readonly string[] =>
  texts.flatMap(({place, text}) => {
    const plain = text.replaceAll(/\s+(\* |\/\/ |# )?/g, ' ')
    return wordings.flatMap(({pattern, better}) =>
      [...plain.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(
        ({0: found, index}) => `${place}: '${found}': write ${better}\n    ${sentenceAt(plain, index)}`,
      ),
    )
  })
