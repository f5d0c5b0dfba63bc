import type { TcpProxy } from '@goldkeep/testing'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brokenOnDisk } from '../../services/storage/test/support/laws-of-the-disk.js'
import { brokenAnswers } from '../../services/storage/test/support/laws-of-storage.js'
import type { Ledger } from '../../services/storage/test/support/ledger.js'
import type { Random } from '../../services/storage/test/support/random.js'
import { storageOverWire } from '../../services/storage/test/support/storage-over-wire.js'
import { sayCounts } from './say-counts.js'
import { quickLeaseEnv } from './damage.js'
import type { Soak } from './shared.js'

/**
 * Ends storage and looks at the volume; starts it and looks again, before any client comes back.
 * @param sample of so many versions sha256sum sees the files and the service is asked
 * @throws Error with the laws that are broken
 */
export async function killAndLook(
  shared: Soak,
  proxy: TcpProxy,
  {
    sample = Number.POSITIVE_INFINITY,
    end = kill,
    start = begin,
  }: {
    readonly sample?: number
    /** How storage comes to its end. */
    readonly end?: (shared: Soak) => Promise<void>
    /** How it is started again. */
    readonly start?: (shared: Soak) => Promise<void>
  } = {},
): Promise<void> {
  const { real, ledger, counts, random } = shared
  proxy.refuse(true)
  await end(shared)
  proxy.cut()
  const broken = brokenOnDisk(real.volume, ledger)
  const seen = sampleOf(ledger, sample, random)
  counts.versionsChecked += await sumUp(real.volume, seen)
  await start(shared)
  broken.push(...brokenOnDisk(real.volume, ledger))
  broken.push(...(await brokenAnswers(real.volume, storageOverWire(real), seen)))
  if (broken.length > 0) throw new Error(`laws are broken after ${sayCounts(counts)}:\n${broken.join('\n')}`)
  forgetWhatIsOver(ledger)
  proxy.refuse(false)
}

/** Any so many versions, and of the uploads those that go on and as many others. */
function sampleOf(ledger: Ledger, sample: number, random: Random): Ledger {
  const anyOf = <Entry>(entries: readonly Entry[]): Entry[] => {
    const share = sample / entries.length
    return entries.filter(() => random() < share)
  }
  const goesOn = [...ledger.uploads].filter(([, { may }]) => may.has('OPEN'))
  return {
    ...ledger,
    versions: new Map(anyOf([...ledger.versions])),
    uploads: new Map([...anyOf([...ledger.uploads]), ...goesOn]),
  }
}

/** Lets sha256sum look at the versions that are in their place. @returns at how many */
async function sumUp(volume: string, { versions }: Ledger): Promise<number> {
  const sealed = [...versions].filter(
    ([, { may, images }]) => may.size === 1 && may.has('versions') && images.size === 1,
  )
  for (const [versionId, { images }] of sealed)
    for (const imageId of images)
      await promisify(execFile)('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {
        cwd: join(volume, 'images', imageId, 'versions', versionId),
      })
  return sealed.length
}

/** So many that are over are still asked about, for what might come back late. */
const remembered = 20

/** Keeps a soak of hours as fast as one of minutes. A version that nobody knows is noticed all the same. */
function forgetWhatIsOver({ versions, uploads }: Ledger): void {
  const purged = [...versions].filter(([, { may }]) => may.size === 1 && may.has('nowhere'))
  for (const [versionId] of purged.slice(0, -remembered)) versions.delete(versionId)
  const over = [...uploads].filter(
    ([versionId, { may }]) => may.size === 1 && !may.has('OPEN') && !versions.has(versionId),
  )
  for (const [versionId] of over) uploads.delete(versionId)
}

async function kill({ real, counts }: Soak): Promise<void> {
  counts.kills += 1
  await real.kill()
}

const begin = ({ real }: Soak): Promise<void> => real.start({ env: quickLeaseEnv })
