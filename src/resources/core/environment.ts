import {Script, sh} from '../../remote/shell/shell.ts'

/**
 * Exports proxies under both spellings: curl takes only the lower one for http. Their values are no secrets, since the file takes no
 * logins.
 */
export const exportAll = (environment: Readonly<Record<string, string>>): Script => {
  const all = Object.entries(environment).flatMap(([name, value]) => [
    sh`export ${new Script(name)}=${value}`.text,
    sh`export ${new Script(name.toLowerCase())}=${value}`.text,
  ])
  return new Script([...all, ':'].join('\n'))
}
