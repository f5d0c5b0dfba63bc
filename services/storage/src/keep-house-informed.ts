import { isDomainError } from '@goldkeep/domain'
import type { StorageConfig } from './config.js'
import { announceVolume, type AnnounceDependencies } from './operations/announce-volume.js'
import { repeat } from './operations/repeat.js'
import { lookAgainUntilRead, type LookDependencies } from './operations/look-again.js'
import type { VersionLooks } from './operations/version-looks.js'
import { ProgressReporter, type ProgressDependencies } from './operations/report-progress.js'
import { retryForever } from './operations/retry-forever.js'
import type { DatabaseSeen, TrustKeeper } from './operations/trust-keeper.js'

type Dependencies = AnnounceDependencies &
  ProgressDependencies &
  LookDependencies & { readonly trust: TrustKeeper; readonly looks: VersionLooks }

/** For how long a stop waits for the catalog to hear of it. */
const farewellMs = 1_000

export interface Informing {
  /** Rejects when the catalog refuses the volume for good, or keeps to another service that serves a copy of it. */
  readonly refused: Promise<never>
  /** Resolves when the loops have ended, after the signal. */
  readonly ended: Promise<unknown>
}

/**
 * Announces the volume, and from then on reports progress and refreshes trust until the signal. Waits for
 * the catalog a few seconds only: a volume that has been initialised serves all the same.
 */
export async function keepHouseInformed(
  dependencies: Dependencies,
  config: Pick<StorageConfig, 'trustRefreshMs' | 'progressIntervalMs' | 'lookAgainMs'>,
  start: { readonly address: string; readonly signal: AbortSignal; readonly patienceMs: number },
): Promise<Informing> {
  const { trust, log } = dependencies
  const { address, signal, patienceMs } = start
  const never = new Promise<never>(() => {})
  const dispossessed = rejectable()
  let announcedTo: DatabaseSeen = trust.database
  const announce = async (on: AbortSignal): Promise<void> => {
    const { stepsBack } = trust.database
    announcedTo = { incarnation: await announceVolume(dependencies, address, on), stepsBack }
  }
  const announced = retryForever(() => announce(signal), {
    doing: 'announcing the volume',
    log,
    signal,
    permanent: (error) => isDomainError(error, 'HOUSE_MISMATCH'),
  })
  const refused = Promise.race([announced.then(() => never), dispossessed.promise]).catch(
    (error: unknown) => {
      if (signal.aborted) return never
      throw error
    },
  )
  // Whoever waits for it begins to wait only below.
  refused.catch(() => {})
  const trusted = trust.refresh(signal)
  await settledWithin(Promise.allSettled([announced, trusted]), patienceMs)

  const progress = new ProgressReporter(dependencies)
  /** A database that was put back may know of a former service only; it is told of this one before anything else. */
  const report = (on: AbortSignal): Promise<void> =>
    progress.report(on).catch(async (error: unknown) => {
      // A volume that was taken back registers again.
      if (!isServedElsewhere(error) && !isDomainError(error, 'VOLUME_RETIRED')) throw error
      await announce(on).catch((refusal: unknown) => {
        if (isServedElsewhere(refusal)) dispossessed.reject(refusal)
        throw refusal
      })
    })
  const reporting = announced.then(
    () => repeat('reporting progress', config.progressIntervalMs, report, log, signal),
    () => {},
  )
  /** A database that was put back, or replaced, may be older than the volume: it must hear what is here. */
  const announceAgain = async (on: AbortSignal): Promise<void> => {
    const { incarnation, stepsBack } = trust.database
    if (incarnation === '') return
    if (incarnation === announcedTo.incarnation && stepsBack === announcedTo.stepsBack) return
    log.warn({ incarnation }, 'the catalog has another database than before; announcing the volume again')
    await announce(on)
  }
  const announcing = announced.then(
    () => repeat('announcing the volume again', config.trustRefreshMs, announceAgain, log, signal),
    () => {},
  )
  const announceOnce = (): Promise<void> =>
    retryForever(() => announce(signal), { doing: 'announcing the volume again', log, signal })
  const looking = announced
    .then(() => lookAgainUntilRead(dependencies, config.lookAgainMs, announceOnce, signal))
    .catch((error: unknown) => {
      if (!signal.aborted)
        log.error({ err: error }, 'what the volume could not read is not looked at any more')
    })
  const examining = announced
    .then(() => Promise.all([dependencies.looks.answer(), dependencies.looks.examineAll()]))
    .catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'the versions of the volume are not looked at any more')
    })
  const refreshing = repeat('refreshing trust', config.trustRefreshMs, (on) => trust.refresh(on), log, signal)
  const ended = Promise.all([reporting, refreshing, announcing, looking, examining]).then(() =>
    progress.end(AbortSignal.timeout(farewellMs)).catch((error: unknown) => {
      log.warn({ err: error }, 'the catalog could not be told that storage stops')
    }),
  )
  return { refused, ended }
}

const isServedElsewhere = (error: unknown): boolean => isDomainError(error, 'VOLUME_SERVED_ELSEWHERE')

/** A promise that is rejected from outside, and never unhandled. */
function rejectable(): { readonly promise: Promise<never>; readonly reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse
  })
  promise.catch(() => {})
  return { promise, reject }
}

async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
