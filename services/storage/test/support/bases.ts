import { sha256ToProto, type catalog } from '@goldkeep/contracts'
import { sha256 } from './bytes.js'

const sent: string[] = []
const mostRemembered = 100

/**
 * Which image.json a publication may find: as a catalog does it, all that were sent before, since the
 * answers to some may be lost. Remembers this one.
 */
export function basesOf(document: Uint8Array): { bases: readonly string[]; allowAbsent: true } {
  const bases = sent.slice(-mostRemembered)
  const digest = sha256(document)
  if (!bases.includes(digest)) sent.push(digest)
  return { bases, allowAbsent: true }
}

/** The same as it is sent. */
export function basesToProto(document: Uint8Array): { bases: catalog.Digest[]; allowAbsent: true } {
  const { bases, allowAbsent } = basesOf(document)
  return { bases: bases.map(sha256ToProto), allowAbsent }
}
