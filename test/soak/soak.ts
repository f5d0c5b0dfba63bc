import { tcpProxy, waitUntil } from '@goldkeep/testing'
import { newLedger } from '../../services/storage/test/support/ledger.js'
import { randomFrom } from '../../services/storage/test/support/random.js'
import { makeRealStorage } from '../../services/storage/test/support/real-storage.js'
import { leaveStrangers } from '../../services/storage/test/support/world.js'
import { keepAborting } from './aborts.js'
import { keepCommanding } from './commands.js'
import { quickLeaseEnv } from './damage.js'
import { killAndLook } from './look.js'
import { keepReadingParts } from './partial-reads.js'
import { keepReading } from './reads.js'
import { giveOrders, noCounts, type Soak, type SoakCounts } from './shared.js'
import { makeTrouble } from './trouble.js'
import { keepUploading } from './uploads.js'

export interface SoakOptions {
  readonly milliseconds: number
  readonly seed: string
  readonly uploaders: number
  readonly readers: number
  /** Told every 10 s how far it is. */
  readonly onTime?: (counts: SoakCounts) => void
}

/**
 * Uploads, reads and commands at once, while storage is killed and held up and its connections are spoilt at
 * random; holds it to the laws after each kill and at the end.
 * @throws Error with the seed and the laws that were broken
 */
export async function soak(options: SoakOptions): Promise<SoakCounts> {
  const { milliseconds, seed, uploaders, readers, onTime } = options
  const counts = noCounts()
  const real = await makeRealStorage()
  const proxy = await tcpProxy(real.address)
  const over = new AbortController()
  const failing = new AbortController()
  const shared: Soak = {
    ...{ real, counts, random: randomFrom(seed), ledger: newLedger() },
    ...{ address: proxy.address, over: over.signal, failed: failing.signal },
    ...{ claimed: new Set(), orders: giveOrders() },
  }
  const timer = setInterval(() => onTime?.(counts), 10_000)
  try {
    await real.start({ env: quickLeaseEnv })
    const atWork = [
      ...Array.from({ length: uploaders }, (_, index) => keepUploading(shared, index)),
      ...Array.from({ length: readers }, () => [keepReading(shared), keepReadingParts(shared)]).flat(),
      ...[keepCommanding(shared), keepCommanding(shared), keepAborting(shared), strangersCome(shared)],
    ]
    const anyFails = Promise.race(atWork.map((work) => work.then(() => new Promise<never>(() => {}))))
    await Promise.race([makeTrouble(shared, proxy, milliseconds), anyFails])
    over.abort()
    proxy.resume()
    await Promise.all(atWork)
    await killAndLook(shared, proxy)
    return counts
  } catch (error) {
    failing.abort()
    throw new Error(`with seed ${seed}: ${(error as Error).message}`, { cause: error })
  } finally {
    clearInterval(timer)
    over.abort()
    await proxy.stop()
    await real.close()
  }
}

/** Leaves what is none of Goldkeep's on the volume, as soon as it holds a version. */
async function strangersCome({ real, ledger, over }: Soak): Promise<void> {
  const first = await waitUntil(() => over.aborted || [...ledger.versions.keys()][0], {
    what: 'a version is sealed',
    timeoutMs: 120_000,
  })
  if (typeof first === 'string') leaveStrangers(real.volume, ledger, first)
}
