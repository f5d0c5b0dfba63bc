import type { Contestant } from './contest.js'
import type { Goldkeep } from './goldkeep.js'
import type { Peer } from './peers/peer.js'

const name = 'download.bin'

/** A peer's download into nothing, and the same with the receiver's digest. */
export async function peerDownloads(peer: Peer, file: string): Promise<Contestant[]> {
  const { download, downloadAndHash } = peer
  if (!download || !downloadAndHash) return []
  await peer.upload(file, name)
  return [
    { name: `${peer.name} download`, run: () => download(name) },
    { name: `${peer.name} download, into SHA-256`, run: () => downloadAndHash(name) },
  ]
}

export async function goldkeepDownloads(goldkeep: Goldkeep, file: string): Promise<Contestant[]> {
  const { versionId } = await goldkeep.upload(file)
  await goldkeep.promote(versionId)
  return [
    { name: 'Goldkeep download', run: () => goldkeep.download(1) },
    // So many times the bytes; told as the time of one.
    { name: 'Goldkeep 8 downloads at once', run: async () => (await goldkeep.download(8)) / 8 },
  ]
}
