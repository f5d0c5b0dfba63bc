import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { DomainError, type Capture } from '@goldkeep/domain'
import { expectedFiles, findSchemaProblems, matchFiles, parseSchema } from '@goldkeep/schema'
import { examineWim, parseMetadata, quickLimits, readWimMetadata, startWalk, WimFault } from '@goldkeep/wim'
import { ImageFault, imageReader, lookAtImage, type BlockKind } from '../../src/block-image/index.js'
import { detectKind, thoroughLimits } from '../../src/index.js'
import { ffuImage, lz4, oldPartcloneImage, partcloneImage } from '../make-images.js'
import { linux, winpe } from '../make-version.js'
import { linuxDisk, windowsDisk } from '../matrix/layouts.js'
import { guardedFile } from './guarded-file.js'
import {
  changed,
  ffuData,
  gzipData,
  legacyLz4Data,
  lz4Data,
  partcloneData,
  schemaData,
  xmlData,
} from './make-inputs.js'

/** One of the readers of what comes from outside. */
export interface FuzzedReader {
  readonly name: string
  readonly inputs: fc.Arbitrary<Buffer>
  /** Reads it in every way; `piece` is the size in which its bytes come. */
  read(bytes: Buffer, piece: number): Promise<void> | void
  /** Whether an error is the reader's refusal; every other one is a fault. */
  isRefusal(error: unknown): boolean
}

const isWimFault = (error: unknown): boolean => error instanceof WimFault
const isImageFault = (error: unknown): boolean => error instanceof ImageFault

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Runs one way of reading after the other; a refusal by the first must not hide what the second does. */
async function each(
  isRefusal: (error: unknown) => boolean,
  ...ways: (() => Promise<void> | void)[]
): Promise<void> {
  for (const way of ways)
    try {
      await way()
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
}

async function readWim(bytes: Buffer, piece: number): Promise<void> {
  const file = guardedFile(bytes)
  await detectKind(file, 'hd0/part1.winpe.wim')
  for (const limits of [quickLimits, thoroughLimits])
    await each(isWimFault, async () => {
      const { header, faults } = await examineWim(file, limits)
      if (faults.length === 0) await readWimMetadata(file, header)
    })
  await each(isWimFault, async () => {
    const { header, faults } = await examineWim(file, { ...quickLimits, blobHeaders: 0 })
    if (faults.length > 0 || !header.pipable) return
    const walk = await startWalk(file, header)
    for (const part of pieces(bytes, piece)) walk.push(part)
    walk.end()
  })
}

function readSchema(bytes: Buffer): void {
  const captures: Capture[] = [winpe, linux, { ...winpe, type: 'both' }, { ...linux, skipLvmShrink: true }]
  const schema = parseSchema(bytes)
  findSchemaProblems(schema)
  for (const capture of captures) {
    const expected = expectedFiles(schema, capture)
    matchFiles(expected, ['hd0/part1.winpe.wim', 'hd0/part1.ntfs.lz4']).expectedAt('hd0/part1.ntfs.lz4')
  }
}

const readImage =
  (kind: BlockKind) =>
  (bytes: Buffer, piece: number): Promise<void> =>
    each(
      isImageFault,
      async () => void (await lookAtImage(guardedFile(bytes), kind, { program: 'extfs' })),
      async () => {
        const reader = imageReader(kind, { program: 'extfs', bytes: 1024 * 1024 }, bytes.length)
        try {
          for (const part of pieces(bytes, piece)) await reader.push(part)
          await reader.end()
        } finally {
          reader.close()
        }
      },
    )

const image = (kind: BlockKind, name: string, inputs: fc.Arbitrary<Buffer>): FuzzedReader => ({
  name,
  inputs,
  read: readImage(kind),
  isRefusal: isImageFault,
})

/** @param wims sound captures, which are changed; those of other formats are made here */
export function fuzzedReaders(wims: readonly Buffer[]): FuzzedReader[] {
  const partclone = partcloneImage({ fileSystem: 'EXTFS', blocks: 128 })
  const old = oldPartcloneImage(16)
  const packed = [lz4(partclone), lz4(partclone, '-BD', '-BX', '-B4'), lz4(partclone, '-l'), lz4(old)]
  const schemas = [windowsDisk, linuxDisk].map(({ schema }) => Buffer.from(schema))
  return [
    { name: 'WIM', inputs: changed(wims), read: readWim, isRefusal: isWimFault },
    { name: 'XML', inputs: xmlData, read: (bytes) => void parseMetadata(bytes), isRefusal: isWimFault },
    {
      name: 'schema',
      inputs: fc.oneof(changed(schemas), schemaData),
      read: readSchema,
      isRefusal: (error) => error instanceof DomainError && error.reason === 'INVALID_SCHEMA',
    },
    image('lz4', 'lz4', fc.oneof(changed(packed), lz4Data, legacyLz4Data)),
    image('gzip', 'gzip', fc.oneof(changed([gzipSync(partclone), gzipSync(old)]), gzipData)),
    image('plain', 'partclone', fc.oneof(changed([partclone, old]), partcloneData)),
    image('ffu', 'FFU', fc.oneof(changed([ffuImage(4)]), ffuData)),
  ]
}
