import { inField, sha256FromProto, type storage } from '@goldkeep/contracts'
import { DomainError, parseAttemptId, parseFilePath, parseVersionId, schemaPath } from '@goldkeep/domain'
import { crc32 } from 'node:zlib'
import type { WriteInput, WriteStart } from '../operations/write-file.js'
import { sizeFromProto } from './sizes.js'

/** The largest chunk that is taken. */
const maxChunkBytes = 1024 * 1024

/**
 * The first message of a Write.
 * @throws DomainError PROTOCOL_VIOLATION, INVALID_FIELD, INVALID_PATH
 */
export function decodeStart(message: storage.WriteRequest['message']): WriteStart {
  if (message?.$case !== 'start') throw violation('Start', message?.$case ?? 'none')
  const { value } = message
  return inField('start', () => readStart(value))
}

function readStart({ versionId, path, writerId, takeOver, mode }: storage.WriteStart): WriteStart {
  if (writerId === '')
    throw new DomainError('INVALID_FIELD', 'writer_id: expected a random text, found none', {
      field: 'writer_id',
    })
  if (mode === undefined) throw violation('Restart or Resume in Start', 'none')
  const filePath = parseFilePath(path)
  if (filePath === schemaPath)
    throw new DomainError('INVALID_PATH', 'the schema is written by Open and cannot be written otherwise', {
      path,
    })
  const start = { versionId: parseVersionId(versionId), path: filePath, writerId, takeOver }
  if (mode.$case === 'restart') return { ...start, mode: { kind: 'restart' } }
  return { ...start, mode: inField('resume', () => readResume(mode.value)) }
}

const readResume = ({ attemptId, offset }: storage.Resume) => ({
  kind: 'resume' as const,
  attemptId: parseAttemptId(attemptId),
  offset: sizeFromProto('offset', offset),
})

/** Turns the messages after Start into bytes in order; offsets and sums are checked here. */
export function writeDecoder(start: WriteStart): (message: storage.WriteRequest['message']) => WriteInput {
  let offset = start.mode.kind === 'resume' ? start.mode.offset : 0
  return (message) => {
    switch (message?.$case) {
      case 'chunk': {
        const { data } = message.value
        checkChunk(message.value, offset, start.path)
        offset += data.length
        return { kind: 'data', data }
      }
      case 'finish': {
        const { value } = message
        return inField('finish', () => readFinish(value))
      }
      case 'producerFailed':
        return { kind: 'failed', failure: message.value.failure }
      default:
        throw violation('Chunk, Finish or ProducerFailed', message?.$case ?? 'none')
    }
  }
}

const readFinish = ({ size, digest }: storage.WriteFinish) => ({
  kind: 'finish' as const,
  size: sizeFromProto('size', size),
  sha256: sha256FromProto(digest),
})

function checkChunk(chunk: storage.WriteChunk, expected: number, path: string): void {
  const { data } = chunk
  if (data.length > maxChunkBytes)
    throw violation(`at most ${maxChunkBytes} bytes in a chunk`, String(data.length))
  const offset = sizeFromProto('chunk.offset', chunk.offset)
  if (offset !== expected)
    throw new DomainError(
      'OFFSET_MISMATCH',
      `${path}: expected a chunk at byte ${expected}, found one at ${offset}`,
      { path, expected: String(expected), found: String(offset) },
    )
  const sum = crc32(data)
  if (sum !== chunk.crc32)
    throw new DomainError(
      'CHUNK_CORRUPT',
      `${path}: the chunk at byte ${offset} was sent with CRC-32 ${chunk.crc32}, received with ${sum}`,
      { path, offset: String(offset), expected: String(chunk.crc32), found: String(sum) },
    )
}

function violation(expected: string, found: string): DomainError {
  return new DomainError('PROTOCOL_VIOLATION', `Write: expected ${expected}, found ${found}`, {
    expected,
    found,
  })
}
