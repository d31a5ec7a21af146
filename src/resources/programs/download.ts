import {program} from '../../remote/shell/program.ts'
import {concat, type Script} from '../../remote/shell/shell.ts'
import {exportAll} from '../core/environment.ts'
import {reportProgressShell} from '../core/progress-line.ts'

/** A file that a host fetches from the web. */
export interface Download {
  /** The name it is published under. */
  readonly file: string
  readonly url: string
  /** Lower-case hex; undefined as long as nobody asked for it. */
  readonly sha256: string | undefined
  /** Where the project publishes it. */
  readonly checksumUrl: string
  /** Proxies, by the names of their variables. */
  readonly environment: Readonly<Record<string, string>>
  readonly stageDir: string
  /** Seconds between one try and the next; the number of tries is one more. */
  readonly pauses?: readonly number[]
}

/** The longest wait that a server can request. */
const MOST_PAUSE = 60

/**
 * Writes the whole, verified file to "$kadm_file". A partial download is kept when a connection breaks, and the
 * next try or the next run resumes it.
 */
export function download(wanted: Download & {readonly sha256: string}): Script {
  const {file, url, sha256, environment, stageDir, pauses = [2, 5, 15]} = wanted
  return concat([
    reportProgressShell,
    exportAll(environment),
    program('download', {
      stage_dir: stageDir,
      to: `${stageDir}/${sha256}`,
      file,
      url,
      sha256,
      pauses,
      most_pause: MOST_PAUSE,
      begins: `downloading ${file} from ${url}`,
      goes_on: `resuming the download of ${file}`,
    }),
  ])
}
