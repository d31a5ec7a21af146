/** What CHANGELOG.md says of this version, or else of what is unreleased. */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1)
  const of = (title: string): string | undefined => sections.find(section => section.split('\n', 1)[0]?.startsWith(title))
  const found = of(version) ?? of('Unreleased')
  if (found === undefined) throw new Error(`CHANGELOG.md says nothing of ${version}`)
  return `# kadm ${version}\n\n${found.slice(found.indexOf('\n')).trim()}\n`
}
