import { rm } from 'node:fs/promises'
import type { Contestant } from './contest.js'
import type { Goldkeep } from './goldkeep.js'
import type { Peer } from './peers/peer.js'
import { syncAndHash, timeCommand } from './run-command.js'

/** What a disk and a processor can do at best with the same bytes. */
export function floors(file: string, directory: string): Contestant[] {
  const copy = `${directory}/dd.bin`
  return [
    {
      name: 'dd conv=fsync',
      run: async () => {
        const seconds = await timeCommand(['dd', `if=${file}`, `of=${copy}`, 'bs=1M', 'conv=fsync'])
        await rm(copy)
        return seconds
      },
    },
    { name: 'openssl dgst -sha256', run: () => timeCommand(['openssl', 'dgst', '-sha256', file]) },
  ]
}

/** A peer as it is used, and as fair as can be: with its file synced and hashed afterwards. */
export function peerUploads(peer: Peer, file: string): Contestant[] {
  const upload = async (round: number, then: (stored: string) => Promise<number>): Promise<number> => {
    const name = `upload-${round}.bin`
    const seconds = await peer.upload(file, name)
    const more = await then(peer.stored(name))
    await rm(peer.stored(name))
    return seconds + more
  }
  return [
    { name: `${peer.name} upload`, run: (round) => upload(round, () => Promise.resolve(0)) },
    { name: `${peer.name} upload, then sync and SHA-256`, run: (round) => upload(round, syncAndHash) },
  ]
}

/** Received, hashed on both sides, durable and sealed. */
export function goldkeepUpload(goldkeep: Goldkeep, file: string, name = 'Goldkeep upload'): Contestant {
  return {
    name,
    run: async () => {
      const { seconds, versionId } = await goldkeep.upload(file)
      await goldkeep.removeBytes(versionId)
      return seconds
    },
  }
}
