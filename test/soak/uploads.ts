import { fileSource, producerSource } from '@goldkeep/client'
import { isDomainError, parseFilePath } from '@goldkeep/domain'
import type { Random } from '../../services/storage/test/support/random.js'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newVersion } from '../../services/storage/test/support/test-house.js'
import { uploadCarefully } from '../faults/support/careful-upload.js'
import { contentOf, type Content } from '../faults/support/storage-session.js'
import type { Soak } from './shared.js'

const mebibyte = 1024 ** 2

/** Mostly small, so that there is more going on; now and then one that takes many kills to arrive. */
function sizeFrom(random: Random): number {
  const luck = random()
  return Math.ceil(luck > 0.97 ? 32 * mebibyte : (0.1 + random() * random() * 3.9) * mebibyte)
}

/** Uploads one version after the other, from files and pipes, until it is over; the last one to its end. */
export async function keepUploading(shared: Soak, worker: number): Promise<void> {
  const { real, ledger, random, counts, address, over, failed } = shared
  const onResume = (): void => void (counts.resumed += 1)
  for (let count = 0; !over.aborted; count += 1) {
    const path = join(real.directory, `upload-${worker}.bin`)
    const large = contentOf(sizeFrom(random), `${worker}/${count}`)
    await writeFile(path, large.whole())
    const source = random() < 0.5 ? () => fileSource(path) : () => producerSource(['cat', path])
    const files = new Map([[parseFilePath('hd0/part1.winpe.wim'), { ...large, source } as Content]])
    if (random() < 0.5)
      files.set(parseFilePath('hd0/part2.winpe.wim'), contentOf(100_000, `${worker}/${count}/2`))
    const versionId = newVersion()
    for (let sealed = false; !sealed;)
      sealed = await uploadCarefully(real, ledger, { versionId, files, address, onResume }).then(
        () => true,
        (error: unknown) => {
          // Storage was away for longer than the client has patience; it goes on as people do.
          if (!isDomainError(error) || error.kind !== 'unavailable') throw error
          failed.throwIfAborted()
          return false
        },
      )
    await rm(path)
    counts.sealed += 1
  }
}
