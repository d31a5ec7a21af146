/**
 * hosts.toml of one registry: the mirror stands as its server, so that no pull reaches the registry itself when the mirror
 * refuses. A mirror with a path has that before every repository.
 */
export function registryHosts(url: string, caFile: string | undefined): string {
  const {origin, pathname} = new URL(url)
  const path = pathname.replace(/\/+$/, '')
  return [
    '# Written by kadm.',
    `server = ${JSON.stringify(path === '' ? origin : `${origin}/v2${path}`)}`,
    'capabilities = ["pull", "resolve"]',
    ...(path === '' ? [] : ['override_path = true']),
    ...(caFile === undefined ? [] : [`ca = ${JSON.stringify(caFile)}`]),
    '',
  ].join('\n')
}
