import { ContentReader, type ExpectedPartition } from './content-reader.js'
import { GunzipReader } from './gunzip-reader.js'
import { readFfu } from './read-ffu.js'
import { readLz4 } from './read-lz4.js'
import { StreamParser } from './stream-parser.js'

/** The packing of a block image; `plain` is partclone data or a partition's raw bytes. */
export type BlockKind = 'lz4' | 'gzip' | 'plain' | 'ffu'

/** Reads a whole block image from first to last byte, in bounded memory. Rejects with ImageFault. */
export interface ImageReader {
  /** Reads the content; absent in an FFU, which holds a whole disk. */
  readonly content?: ContentReader
  push(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
  /** Ends it before its time. */
  close(): void
}

/** @param fileBytes the size of the whole file */
export function imageReader(kind: BlockKind, expected: ExpectedPartition, fileBytes: number): ImageReader {
  if (kind === 'ffu') {
    const parser = new StreamParser('FFU', readFfu(fileBytes))
    return { push: async (bytes) => parser.push(bytes), end: async () => parser.end(), close: () => {} }
  }
  const content = new ContentReader(expected)
  if (kind === 'gzip') {
    const gunzip = new GunzipReader(content)
    return {
      content,
      push: (bytes) => gunzip.push(bytes),
      end: async () => {
        await gunzip.end()
        content.end()
      },
      close: () => gunzip.close(),
    }
  }
  const parser = kind === 'lz4' ? new StreamParser('lz4 data', readLz4(content)) : content
  return {
    content,
    push: async (bytes) => parser.push(bytes),
    end: async () => {
      parser.end()
      if (parser !== content) content.end()
    },
    close: () => {},
  }
}
