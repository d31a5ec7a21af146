import width from 'fast-string-width'

/** Rows as aligned columns, two spaces apart; colours do not count. The last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) =>
      Array.from({length: Math.max(widest.length, row.length)}, (_, i) =>
        Math.max(widest[i] ?? 0, width(row[i] ?? '')),
      ),
    [],
  )
  return rows
    .map(row =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - width(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A table with a heading in capitals, as kubectl prints it. */
export const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  columns([heading.map(title => title.toUpperCase()), ...rows])
