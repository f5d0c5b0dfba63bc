import { DomainError, type DeploymentId, type FilePath, type VersionId } from '@goldkeep/domain'
import type { OpenFile, VersionStore } from '../store/version-store.js'
import type { Reading, ReadMeter } from './read-meter.js'

/** Bytes of one message. */
const pieceBytes = 512 * 1024

export interface ReadOrder {
  readonly versionId: VersionId
  readonly path: FilePath
  readonly offset: number
  /** 0: to the end. */
  readonly length: number
  /** Bytes before the offset that the reader has from a Read that broke. */
  readonly held: number
  readonly deploymentId?: DeploymentId
}

export type ReadOutput =
  | { readonly kind: 'header'; readonly size: number; readonly sha256: string }
  | { readonly kind: 'piece'; readonly offset: number; readonly data: Uint8Array }

/**
 * A file's bytes in order. Holds two pieces at most: one that is being sent, one that is being read.
 * @param makeRoom gives the space into which a piece is read
 * @throws DomainError VERSION_NOT_FOUND, FILE_NOT_FOUND, INVALID_FIELD, LIMIT_EXCEEDED, DEPLOYMENT_ENDED
 */
export async function* readFile(
  { store, meter }: { readonly store: VersionStore; readonly meter: ReadMeter },
  order: ReadOrder,
  makeRoom: (offset: number, length: number) => Uint8Array,
): AsyncGenerator<ReadOutput, void, undefined> {
  const reading = meter.begin(order.deploymentId, order.path)
  try {
    yield* readPieces(await store.openFile(order.versionId, order.path), reading, order, makeRoom)
  } finally {
    reading.end()
  }
}

async function* readPieces(
  file: OpenFile,
  reading: Reading,
  order: ReadOrder,
  makeRoom: (offset: number, length: number) => Uint8Array,
): AsyncGenerator<ReadOutput, void, undefined> {
  let next: Promise<Uint8Array> | undefined
  try {
    const end = endOf(order, file)
    reading.count(order.offset - order.held, order.held)
    yield { kind: 'header', size: file.size, sha256: file.sha256 }
    const read = (offset: number): Promise<Uint8Array> => {
      const length = Math.max(0, Math.min(pieceBytes, end - offset))
      const piece = file.read(offset, length, makeRoom(offset, length))
      // It is awaited a turn later, or never when the reader goes away.
      piece.catch(() => {})
      return piece
    }
    next = read(order.offset)
    for (let offset = order.offset; offset < end;) {
      const data = await next
      if (data.length === 0)
        throw new DomainError('IO_ERROR', `${order.path}: read ${offset} of ${file.size} bytes`)
      next = read(offset + data.length)
      yield { kind: 'piece', offset, data }
      // Only now: a piece that the connection did not take any more was not read by anybody.
      reading.count(offset, data.length)
      offset += data.length
    }
  } finally {
    // A descriptor must not be closed under a read.
    await next?.catch(() => {})
    await file.close()
  }
}

function endOf({ path, offset, length, held }: ReadOrder, { size }: OpenFile): number {
  if (held > offset)
    throw new DomainError('INVALID_FIELD', `held: expected at most the offset ${offset}, found ${held}`, {
      field: 'held',
    })
  if (offset < 0 || offset > size || length < 0)
    throw new DomainError(
      'INVALID_FIELD',
      `offset: expected 0 to ${size}, the size of ${path}, found ${offset}`,
      {
        field: 'offset',
      },
    )
  return length === 0 ? size : Math.min(size, offset + length)
}
