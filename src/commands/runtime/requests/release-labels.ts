import {RELEASE_SERVER} from '../../../config/read/environment.ts'

/** Labels in a file or flag: `kubernetesVersion: stable-1.37`. */
const LABEL =
  /^\s*"?kubernetesVersion"?\s*:\s*["']?((?:release\/)?(?:stable|latest)(?:-\d+(?:\.\d+)?)?)["']?\s*(?:#.*)?,?$/gm
const TIMEOUT_MS = 10_000

/** The release of each label that the text of a file has; one that the server does not tell is left out. */
export async function releasesOf(
  text: string,
  ask: (label: string) => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const labels = [...new Set([...text.matchAll(LABEL)].flatMap(([, label]) => label ?? []))]
  const known = await Promise.all(
    labels.map(async (label): Promise<readonly (readonly [string, string])[]> => {
      const answer = await ask(label).catch(() => '')
      const release = /^v\d+\.\d+\.\d+$/.exec(answer.trim())?.[0]
      return release === undefined ? [] : [[label, release]]
    }),
  )
  return new Map(known.flat())
}

/** Asks the server of the project what a label stands for, as kubeadm does. */
export async function askForRelease(label: string): Promise<string> {
  const response = await fetch(`https://${RELEASE_SERVER}/release/${label.replace(/^release\//, '')}.txt`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return response.ok ? response.text() : ''
}
