import {build as esbuild, type Metafile, type Plugin} from 'esbuild'
import {ownFilePaths, readText, ROOT} from './places.ts'

/** All of kadm as one CommonJS program, and what it was made of. */
export interface Bundle {
  readonly text: string
  readonly inputs: Metafile['inputs']
}

/**
 * Bundles the commands with their libraries into one program without a single file beside it: the module that reads kadm's own files is
 * replaced by the files themselves.
 */
export async function bundleKadm(commit: string): Promise<Bundle> {
  const made = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: ['src/commands/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.19',
    minify: true,
    keepNames: true,
    // A program without a file of its own has no loader for modules, so that each import() is a require.
    supported: {'dynamic-import': false},
    legalComments: 'none',
    // Optional parts of libraries: native code that ssh2 does without, and a compiler for plugins in TypeScript.
    external: ['*.node', 'cpu-features', 'typescript'],
    plugins: [ownFiles(commit)],
    logLevel: 'warning',
  })
  const text = made.outputFiles[0]?.text
  if (text === undefined) throw new Error('esbuild made no bundle')
  return {text, inputs: made.metafile.inputs}
}

const ownFiles = (commit: string): Plugin => ({
  name: 'own-files',
  setup: build => {
    build.onLoad({filter: /src\/remote\/local\/own-files\.ts$/}, () => ({contents: ownFilesModule(commit), loader: 'ts'}))
  },
})

function ownFilesModule(commit: string): string {
  const files = Object.fromEntries(ownFilePaths().map(path => [path, readText(path)]))
  return `const files: Readonly<Record<string, string>> = ${JSON.stringify(files)}
export const ownFile = (path: string): string => {
  const text = files[path]
  if (text === undefined) throw new Error(\`kadm was released without \${path}\`)
  return text
}
export const ownCommit = (): string | undefined => ${JSON.stringify(commit)}
`
}
