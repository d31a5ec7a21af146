/** How much of a file the tests ran. */
export interface FileCoverage {
  /** Relative to the checkout: `src/ROOM/…`. */
  readonly path: string
  readonly statements: number
  readonly run: number
}

/** One line for each room, and the files that have statements of which no test ran one. */
export function coverageByRoom(files: readonly FileCoverage[]): string {
  const rooms = Map.groupBy(files, ({path}) => path.split('/')[1] ?? '')
  const never = files.filter(({statements, run}) => statements > 0 && run === 0).map(({path}) => path)
  return [
    'statements that the tests ran, by room:',
    ...[...rooms]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([room, own]) => `  ${percentOf(own)}  ${room} (${own.length.toString()} files)`),
    `  ${percentOf(files)}  all`,
    `${never.length.toString()} files that no test runs${never.length > 0 ? ':' : ''}`,
    ...never.toSorted().map(path => `  ${path}`),
  ].join('\n')
}

function percentOf(files: readonly FileCoverage[]): string {
  const statements = files.reduce((sum, file) => sum + file.statements, 0)
  const run = files.reduce((sum, file) => sum + file.run, 0)
  return `${(statements === 0 ? 100 : (100 * run) / statements).toFixed(1).padStart(5)} %`
}
