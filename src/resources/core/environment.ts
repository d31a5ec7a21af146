import {Script, sh} from '../../remote/shell/shell.ts'

/**
 * Exports proxies under both spellings: curl reads only the lower-case one for http. The values are not secret,
 * because the file accepts no logins.
 */
export const exportAll = (environment: Readonly<Record<string, string>>): Script => {
  const all = Object.entries(environment).flatMap(([name, value]) => [
    sh`export ${new Script(name)}=${value}`.text,
    sh`export ${new Script(name.toLowerCase())}=${value}`.text,
  ])
  return new Script([...all, ':'].join('\n'))
}
