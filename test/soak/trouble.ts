import type { TcpProxy } from '@goldkeep/testing'
import { setTimeout as delay } from 'node:timers/promises'
import type { RealStorage } from '../../services/storage/test/support/real-storage.js'
import { flipJournalBit, takeOverFrom } from './damage.js'
import { killAndLook } from './look.js'
import type { Soak } from './shared.js'

/** Between two troubles, in milliseconds: at the shortest, and how much more at the longest. */
const pause = { least: 150, more: 1_200 }
/** Versions that are looked at from within after each kill; at the end all of them are. */
const sample = 10

/** Kills and holds up storage, and spoils its connections, for so many milliseconds. */
export async function makeTrouble(shared: Soak, proxy: TcpProxy, milliseconds: number): Promise<void> {
  const { random, counts, real, over } = shared
  const until = performance.now() + milliseconds
  while (performance.now() < until && !over.aborted) {
    await delay(pause.least + random() * pause.more)
    const luck = random()
    if (luck < 0.3) await killAndLook(shared, proxy, { sample })
    else if (luck < 0.35) await killAndLook(shared, proxy, { sample, start: flipJournalBit })
    else if (luck < 0.4) await killAndLook(shared, proxy, { sample, end: takeOverFrom })
    else if (luck < 0.6) {
      counts.stops += 1
      await holdUp(real, random() * pause.more)
    } else {
      counts.cuts += 1
      await spoil(proxy, luck, Math.ceil(random() * 1_000_000))
    }
  }
}

async function spoil(proxy: TcpProxy, luck: number, bytes: number): Promise<void> {
  if (luck < 0.75) proxy.cut()
  else if (luck < 0.85) proxy.cutAfter(bytes)
  else {
    if (luck < 0.9) proxy.stall()
    else if (luck < 0.95) proxy.stallAfter(bytes)
    else proxy.stallBackAfter(bytes)
    await delay(bytes / 1000)
    // Of what did not come to it in time nothing is left, else the line would stand still much later.
    proxy.stallAfter(Number.POSITIVE_INFINITY)
    proxy.stallBackAfter(Number.POSITIVE_INFINITY)
    proxy.resume()
  }
}

/** As a machine that is out of memory, or a virtual one that is moved, holds up a process. */
async function holdUp({ process: { pid } }: RealStorage, milliseconds: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await delay(milliseconds)
  process.kill(pid, 'SIGCONT')
}
