import {readFileSync, readdirSync} from 'node:fs'
import {join, relative} from 'node:path'
import ts from 'typescript'
import {ROOT} from './run-command.ts'

/** One piece of text that a person may read, and where it stands. */
export interface Text {
  readonly place: string
  readonly text: string
}

/** `kadm` and what stands after it, up to the end of the command or of the sentence. */
export interface Mention {
  readonly place: string
  /** Whether it is written as something to type: after a backtick, a quote, a prompt. */
  readonly isTyped: boolean
  /** Whether the reader is asked to run it. */
  readonly isRun: boolean
  readonly words: readonly string[]
}

const filesBelow = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith(ending))
    .map(name => join(ROOT, folder, name))

/** What a template puts in at run time; a word of its own. */
const HOLE = 'HOLE'

/** The tree of a source, without what only a compiler needs: it is made of some thousand files. */
export const treeOf = (file: string, source: string): ts.SourceFile =>
  ts.createSourceFile(file, source, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  })

/** Every string of the sources; a condition between two texts gives both. */
export const textsOfSource = (file: string, source: string): readonly Text[] => {
  const tree = treeOf(file, source)
  const found: Text[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
      found.push(...valuesOf(node).map(text => ({place: `${file}:${String(line)}`, text})))
    }
    ts.forEachChild(node, walk)
  }
  walk(tree)
  return found
}

function valuesOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isParenthesizedExpression(node)) return valuesOf(node.expression)
  if (ts.isConditionalExpression(node)) return [...valuesOf(node.whenTrue), ...valuesOf(node.whenFalse)]
  if (!ts.isTemplateExpression(node)) return [HOLE]
  return node.templateSpans.reduce<readonly string[]>(
    (before, {expression, literal}) =>
      before.flatMap(text => valuesOf(expression).map(value => `${text}${value}${literal.text}`)),
    [node.head.text],
  )
}

export const sourceTexts = (): readonly Text[] =>
  filesBelow('src', '.ts').flatMap(path => textsOfSource(relative(ROOT, path), readFileSync(path, 'utf8')))

const PROSE_BLOCK = /\S[^]*?(?=\n\s*\n|\n\s*(?:[-*|]|\d+\.) |\s*$)/g
const CODE_BLOCK = /(?:\\\n|.)+/g

/** Code by command and prose by paragraph, list item and table row, since a command may wrap to the next line. */
export function textsOfMarkdown(file: string, text: string): readonly Text[] {
  const parts = text.split(/^(```.*)$/m)
  return parts.flatMap((part, i) => {
    if (i % 2 === 1) return []
    const before = parts.slice(0, i).join('')
    return [...part.matchAll(i % 4 === 2 ? CODE_BLOCK : PROSE_BLOCK)].map(({0: block, index}) => ({
      place: `${file}:${String(`${before}${part.slice(0, index)}`.split('\n').length)}`,
      text: block.replaceAll('\\\n', ' ').replaceAll(/\s+/g, ' '),
    }))
  })
}

export const documentTexts = (): readonly Text[] =>
  [join(ROOT, 'README.md'), ...filesBelow('docs', '.md')].flatMap(path =>
    textsOfMarkdown(relative(ROOT, path), readFileSync(path, 'utf8')),
  )

const END_OF_COMMAND = /[`'";\n)\]|>,]|: |\. |\.$| -- | and | or | then |\bkadm /
const TYPED = /(?:[`'\"]|\$ |\bsudo )$/

/** The mentions in a text; a path or a name such as /var/lib/kadm or kadm.yaml is none, nor is `let kadm do that`. */
export const mentionsIn = ({place, text}: Text): readonly Mention[] =>
  [...text.matchAll(/(?<![\w./-]|\blet )(?:<%= config\.bin %>|kadm) (?=(.*))/gs)].map(({index, 1: rest = ''}) => ({
    place,
    isTyped: TYPED.test(text.slice(0, index)),
    isRun: /\brun $/.test(text.slice(0, index)),
    words: (rest.split(END_OF_COMMAND, 1)[0] ?? '').split(/\s+/).filter(word => word !== ''),
  }))
