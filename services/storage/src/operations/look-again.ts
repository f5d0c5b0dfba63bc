import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'
import type { Unreadable } from '../store/unreadable.js'
import type { VersionStore } from '../store/version-store.js'
import type { KeyedQueue } from './keyed-queue.js'
import type { UploadDesk } from './upload-desk.js'

/** The pause doubles so many times. */
const longestPauses = 64

export interface LookDependencies {
  readonly store: VersionStore
  readonly desk: UploadDesk
  readonly publications: KeyedQueue<string>
  readonly log: Logger
}

/**
 * Tries to read what the volume could not read, with pauses that grow, until all is read or the signal.
 * @param announce called whenever more is known than before
 */
export async function lookAgainUntilRead(
  dependencies: LookDependencies,
  firstPauseMs: number,
  announce: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { store, log } = dependencies
  let pauseMs = firstPauseMs
  while (store.unreadable().length > 0) {
    await delay(pauseMs, undefined, { signal })
    const before = new Set(store.unreadable())
    for (const one of before) await lookAtOne(dependencies, one)
    const left = store.unreadable()
    const isSame = left.length === before.size && left.every((one) => before.has(one))
    pauseMs = isSame ? Math.min(pauseMs * 2, firstPauseMs * longestPauses) : firstPauseMs
    if (isSame) continue
    log.info({ before: before.size, left: left.length }, 'what the volume could not read can be read again')
    await announce()
  }
}

/** While no command changes it. */
async function lookAtOne(
  { store, desk, publications, log }: LookDependencies,
  one: Unreadable,
): Promise<void> {
  const look = (): Promise<void> => publications.run(one.imageId, () => store.lookAgain(one))
  try {
    await (one.what === 'version' ? desk.exclusively(one.versionId, look) : look())
  } catch (error) {
    log.warn({ err: error, ...one }, 'what the volume could not read could not be looked at again')
  }
}
