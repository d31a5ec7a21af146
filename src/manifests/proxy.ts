import type {Proxy} from '../domain/online-source.ts'

/** A drop-in that gives a unit its proxies. */
export const unitProxy = (environment: Readonly<Record<string, string>>): string =>
  [
    '# Written by kadm.',
    '[Service]',
    ...Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    '',
  ].join('\n')

/** systemd takes `%` for a specifier. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('%', '%%')

/** apt's own words for the same; it knows no ranges, so what is inside is named host by host. */
export function aptProxy({http, https}: Proxy, direct: readonly string[]): string {
  const lines = (['http', 'https'] as const).flatMap(scheme => {
    const url = scheme === 'http' ? http : https
    if (url === undefined) return []
    return [
      `Acquire::${scheme}::Proxy "${url}";`,
      ...direct.map(host => `Acquire::${scheme}::Proxy::${host} "DIRECT";`),
    ]
  })
  return ['// Written by kadm.', ...lines, ''].join('\n')
}
