import {join} from 'node:path'
import {writeFile} from 'node:fs/promises'
import {once} from '../image/cache.ts'
import type {BuildPlace} from '../image/go-build.ts'
import {mustRun} from './program.ts'
import {fingerprint} from '../image/recipe.ts'
import {template} from '../image/template.ts'

/** Compiles the small program of the pause image; gives its file. */
export async function buildPause(place: BuildPlace): Promise<string> {
  const source = template('pause.c')
  const dir = join(place.cache, 'programs', `pause-${place.architecture}-${fingerprint(source)}`)
  await once(
    dir,
    async target => {
      await writeFile(join(target, 'pause.c'), source)
      const args = ['-Os', '-static', '-s', '-o', join(target, 'pause'), join(target, 'pause.c')]
      await mustRun('building pause', 'gcc', args, {signal: place.signal})
    },
    place,
  )
  return join(dir, 'pause')
}
