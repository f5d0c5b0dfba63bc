import { tcpProxy } from '@goldkeep/testing'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { brokenOnDisk } from '../../services/storage/test/support/laws-of-the-disk.js'
import { brokenLaws } from '../../services/storage/test/support/laws-of-storage.js'
import { newLedger, type Ledger } from '../../services/storage/test/support/ledger.js'
import { randomFrom } from '../../services/storage/test/support/random.js'
import { makeRealStorage, type RealStorage } from '../../services/storage/test/support/real-storage.js'
import { storageOverWire } from '../../services/storage/test/support/storage-over-wire.js'
import { imageId } from '../../services/storage/test/support/test-house.js'
import { keepCommanding } from './commands.js'
import { keepReading } from './reads.js'
import type { Soak, SoakCounts } from './shared.js'
import { keepUploading } from './uploads.js'

export interface SoakOptions {
  readonly milliseconds: number
  readonly seed: string
  readonly uploaders: number
  readonly readers: number
}

/**
 * Uploads, reads and commands at once, while storage is killed and held up and its connections are spoilt at
 * random; holds it to the laws after each kill and at the end.
 * @throws Error with the laws that were broken
 */
export async function soak({ milliseconds, seed, uploaders, readers }: SoakOptions): Promise<SoakCounts> {
  const counts = { kills: 0, faults: 0, uploads: 0, reads: 0, commands: 0, versionsChecked: 0 }
  const real = await makeRealStorage()
  const proxy = await tcpProxy(real.address)
  const over = new AbortController()
  const random = randomFrom(seed)
  const shared: Soak = {
    ...{ real, counts, random, ledger: newLedger() },
    address: proxy.address,
    over: over.signal,
  }
  try {
    await real.start()
    const atWork = [
      ...Array.from({ length: uploaders }, (_, index) => keepUploading(shared, index)),
      ...Array.from({ length: readers }, () => keepReading(shared)),
      keepCommanding(shared),
    ]
    const failed = Promise.race(atWork.map((work) => work.then(() => new Promise<never>(() => {}))))
    await Promise.race([makeTrouble(shared, proxy, milliseconds), failed])
    over.abort()
    proxy.resume()
    await Promise.all(atWork)
    await killAndLook(shared, proxy)
    return counts
  } finally {
    over.abort()
    await proxy.stop()
    await real.close()
  }
}

type Proxy = Awaited<ReturnType<typeof tcpProxy>>

/** Between two troubles, in milliseconds: at the shortest, and how much more at the longest. */
const pause = { least: 150, more: 1_200 }

async function makeTrouble(shared: Soak, proxy: Proxy, milliseconds: number): Promise<void> {
  const { random, counts, real } = shared
  const until = performance.now() + milliseconds
  while (performance.now() < until) {
    await delay(pause.least + random() * pause.more)
    const luck = random()
    if (luck < 0.4) {
      await killAndLook(shared, proxy)
      continue
    }
    counts.faults += 1
    if (luck < 0.6) await holdUp(real, random() * pause.more)
    else if (luck < 0.8) proxy.cut()
    else if (luck < 0.9) proxy.cutAfter(Math.floor(random() * 2_000_000))
    else {
      proxy.stall()
      await delay(random() * pause.more)
      proxy.resume()
    }
  }
}

/** As a machine that is out of memory, or a virtual one that is moved, holds up a process. */
async function holdUp({ process: { pid } }: RealStorage, milliseconds: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await delay(milliseconds)
  process.kill(pid, 'SIGCONT')
}

/** Kills storage and looks at the volume; starts it and looks again, before any client comes back. */
async function killAndLook({ real, ledger, counts }: Soak, proxy: Proxy): Promise<void> {
  counts.kills += 1
  proxy.refuse(true)
  await real.kill()
  proxy.cut()
  const broken = brokenOnDisk(real.volume, ledger)
  counts.versionsChecked += await sumUp(real, ledger)
  await real.start()
  broken.push(...(await brokenLaws(real.volume, storageOverWire(real), ledger)))
  if (broken.length > 0) throw new Error(`laws are broken after kill ${counts.kills}:\n${broken.join('\n')}`)
  proxy.refuse(false)
}

/** Lets sha256sum look at every version that is in its place. @returns how many */
async function sumUp(real: RealStorage, ledger: Ledger): Promise<number> {
  const sealed = [...ledger.versions].filter(([, { may }]) => may.size === 1 && may.has('versions'))
  for (const [versionId] of sealed)
    await promisify(execFile)('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {
      cwd: join(real.volume, 'images', imageId, 'versions', versionId),
    })
  return sealed.length
}
