import type {SharedFile, SharedTexts} from '../../domain/shared-certs.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'

/** The contents of these files on a host, in one round trip; empty for a file that it does not have. Secret. */
export async function readSharedFiles(
  host: Pick<Host, 'read'>,
  files: readonly SharedFile[],
  signal: AbortSignal,
): Promise<SharedTexts> {
  const paths = files.map(({path}) => path)
  const script = sh`for file in ${paths}; do [ ! -s "$file" ] || base64 -w0 <"$file"; echo; done`
  const lines = (await host.read(script.text, {signal})).split('\n')
  return new Map(files.map(({entry}, i) => [entry, Buffer.from(lines[i] ?? '', 'base64').toString()]))
}
