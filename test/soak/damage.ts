import { createLogger } from '@goldkeep/service'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseHouseId } from '@goldkeep/domain'
import { takeVolume } from '../../services/storage/src/store/disk/open-volume.js'
import { nodeSyscalls } from '../../services/storage/src/store/disk/syscalls.js'
import { thisProcess } from '../../services/storage/src/store/disk/this-host.js'
import type { RealStorage } from '../../services/storage/test/support/real-storage.js'
import type { Soak } from './shared.js'

const storage = fileURLToPath(new URL('../../services/storage/dist/bundle.js', import.meta.url))
/** On another host nobody can be asked whether the owner lives. */
const elsewhere = { ...thisProcess(), host: 'elsewhere', bootId: 'another-run-of-a-kernel' }
const log = createLogger('storage', 'silent')

/** Seconds in production; here a takeover is waited for again and again. */
export const quickLease = { heartbeatMs: 200, lostAfterMs: 1_000, takeoverAfterMs: 1_500 }
export const quickLeaseEnv = {
  GOLDKEEP_LEASE_HEARTBEAT: '200ms',
  GOLDKEEP_LEASE_LOST: '1s',
  GOLDKEEP_LEASE_TAKEOVER: '1500ms',
}

/**
 * Flips a bit of the journal of commands of a storage that does not run, has the start tell of it, and repairs it.
 * Orders of before are refused from then on, and given again under a later epoch, as the catalog does.
 */
export async function flipJournalBit({ real, random, orders, counts }: Soak): Promise<void> {
  const path = join(real.volume, '.commands.journal')
  const bytes = await readFile(path)
  const last = lastFrameOf(bytes)
  if (last === 0) return
  // Damage to the last frame cannot be told from a torn append.
  const at = Math.floor(random() * last)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  await writeFile(path, bytes)
  counts.flips += 1
  await real.start({ env: quickLeaseEnv })
  const troubles = real.catalog.registrations.at(-1)?.troubles ?? []
  if (!troubles.some((trouble) => trouble.includes('.commands.journal is damaged')))
    throw new Error(
      `a bit was flipped at byte ${at} of ${path}, and no trouble was told: ${troubles.join('; ')}`,
    )
  await real.kill()
  await promisify(execFile)(process.execPath, [storage, 'repair', real.volume])
  await real.start({ env: quickLeaseEnv })
  orders.beginEpochAbove(real.catalog.registrations.at(-1)?.epoch ?? 0n)
}

/** Where the last frame of a journal begins; see journal-frames. */
function lastFrameOf(bytes: Buffer): number {
  let last = 0
  for (let at = 0; at + 16 <= bytes.length; at += 16 + bytes.readUInt32LE(at)) last = at
  return last
}

/**
 * Stops storage in the middle of its work until another owner has taken the volume and read it, then lets it go on.
 * @throws Error when it goes on as the owner
 */
export async function takeOverFrom({ real, counts }: Soak): Promise<void> {
  const { pid } = real.process
  counts.takeovers += 1
  process.kill(pid, 'SIGSTOP')
  const owned = await takeVolume(real.volume, log, new AbortController().signal, nodeSyscalls, {
    lease: quickLease,
    owner: { identity: elsewhere },
  })
  try {
    const store = await owned.open(parseHouseId(real.catalog.house))
    process.kill(pid, 'SIGCONT')
    await ended(real)
    await store.close()
  } finally {
    await owned.release()
  }
}

async function ended({ process: former }: RealStorage): Promise<void> {
  const late = AbortSignal.timeout(30_000)
  await Promise.race([
    former.end,
    new Promise((_resolve, reject) => {
      late.addEventListener('abort', () => {
        reject(new Error('an owner that was overtaken while it was stopped went on'))
      })
    }),
  ])
}
