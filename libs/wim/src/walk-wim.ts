import type { WimHeader } from './parse-header.js'
import type { RandomAccess } from './random-access.js'
import { readEntriesByOffset } from './read-blob-table.js'
import { StreamReader } from './stream-reader.js'
import { walkStream } from './walk-stream.js'

/**
 * Begins a walk through a pipable WIM; the caller then pushes all of the file's bytes in order, in one pass
 * that others may share.
 * @throws WimFault when the blob table is none
 */
export async function startWalk(file: RandomAccess, header: WimHeader): Promise<StreamReader> {
  return new StreamReader(walkStream(header, await readEntriesByOffset(file, header)))
}
