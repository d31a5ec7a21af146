import {readFileSync, readdirSync} from 'node:fs'
import {join, relative} from 'node:path'
import ts from 'typescript'
import {documentTexts, sourceTexts, textsOfMarkdown, type Text} from './mentions.ts'
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
  {pattern: /\b(?<!there )(is|are|was|were) no [a-z]/i, better: "is not, does not exist, or invalid '…'"},
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
  {pattern: /\b(goes?|going|go) on (from|where|with)\b/i, better: 'continues, or skips completed steps'},
  {pattern: /\b(is|are|was|were) at work\b/i, better: 'is running'},
  {pattern: /\b(is|was|were) heard\b/i, better: 'received'},
  {pattern: /\ball the same\b|\ball else\b/i, better: 'still, everything else'},
  {pattern: /\bgives? back\b|\btakes? back\b/i, better: 'restores, revokes, deletes'},
  {pattern: /\bfor ever\b|\bfor good\b/i, better: 'permanently'},
  {pattern: /\bthat is none\b|\bthere is none\b/i, better: 'name what is missing'},
]

function commentsOf(file: string): readonly Text[] {
  const source = readFileSync(file, 'utf8')
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
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

/** Everything that a person reads in this repository, besides the tests. */
export const proseTexts = (): readonly Text[] => [
  ...sourceTexts(),
  ...below('src').flatMap(commentsOf),
  ...templateTexts(),
  ...documentTexts(),
  ...textsOfMarkdown('CHANGELOG.md', readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')),
]

/** Each odd wording in the texts, with its place and the better form. */
export const oddWordingsIn = (
  texts: readonly Text[],
  wordings: readonly OddWording[] = ODD_WORDINGS,
): readonly string[] =>
  texts.flatMap(({place, text}) =>
    wordings.flatMap(({pattern, better}) => {
      const found = pattern.exec(text.replaceAll(/\s+(\* |\/\/ )?/g, ' '))
      return found === null ? [] : [`${place}: '${found[0]}': write ${better}`]
    }),
  )
