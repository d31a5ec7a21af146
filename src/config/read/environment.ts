import {dirname, isAbsolute, join} from 'node:path'

/** What reading a configuration needs from this machine. */
export interface ConfigEnvironment {
  /** Returns the text of a file; throws if it cannot read it. */
  readonly readFile: (path: string) => string
  /** The files of a folder, by name; undefined when there is no such folder. Files in folders below it do not count. */
  readonly readFolder?:
    ((path: string) => readonly {readonly name: string; readonly text: string}[] | undefined) | undefined
  /** The release that a label such as `stable-1.37` stands for; undefined when it is not known. */
  readonly releaseOf?: ((label: string) => string | undefined) | undefined
}

/** The server that knows what a label stands for (kubeadm util/version.go). */
export const RELEASE_SERVER = 'dl.k8s.io'

/** A path in a file, relative to that file; a path that begins with `~` stays as it is. */
export const besideFile = (fileName: string, path: string): string =>
  isAbsolute(path) || path.startsWith('~') ? path : join(dirname(fileName), path)
