import {createHash} from 'node:crypto'
import {open} from 'node:fs/promises'

const PIECE = 256 * 1024

/** The sha256 of a file in hex, read piece by piece into one buffer: a bundle has hundreds of megabytes. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const file = await open(path)
  try {
    const hash = createHash('sha256')
    const piece = Buffer.allocUnsafe(PIECE)
    for (;;) {
      signal?.throwIfAborted()
      const {bytesRead} = await file.read(piece, 0, PIECE)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
