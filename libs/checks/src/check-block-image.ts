import type { Finding } from '@goldkeep/domain'
import type { ExpectedFile } from '@goldkeep/schema'
import { ImageFault, lookAtImage, type BlockKind, type PartcloneHeader } from './block-image/index.js'
import { blockKindOfBytes, blockKindOfName, expectedPartition, isBlockImage } from './block-names.js'
import { detectKind } from './file-kinds.js'
import { bytesText, finding, mebibytesText, percentText } from './finding.js'
import type { CapturedSource } from './find-image-fault.js'
import { lookInto } from './look-into.js'
import { isNearlyEmpty, isTooSmall, smallestShare } from './smallest-share.js'
import type { CheckedFile } from './subject.js'

const check = 'block-image'

/**
 * Examines whether a block image is of the kind that its name says, and has its end. Reads its beginning and its end;
 * the deep check finds damage in the middle. Returns `undefined` for a file that is no block image.
 */
export async function checkBlockImage(
  file: CheckedFile,
  expected: ExpectedFile | undefined,
  emptyShare: number,
): Promise<Finding | undefined> {
  const { path, size } = file
  if (size === 0) return finding(check, 'SKIP', 'The file is empty.', { path })
  let isImage = true
  const found = await lookInto(check, file, async (open) => {
    const kind = await detectKind(open, path)
    isImage = isBlockImage(path, kind)
    const named = blockKindOfName(path)
    const packed = blockKindOfBytes(kind)
    if (packed === undefined || (named !== undefined && named !== packed)) return wrongKind(path, named, kind)
    return judgeFaults(path, async () => {
      const seen = await lookAtImage(open, packed, expectedPartition(path, expected))
      return describeImage(path, { packed, ...seen }, { usedMiB: expected?.usedMiB, emptyShare })
    })
  })
  return isImage ? found : undefined
}

/** Runs an examination; the fault that it throws is a FAIL. */
export async function judgeFaults(path: string, examine: () => Promise<Finding>): Promise<Finding> {
  try {
    return await examine()
  } catch (error) {
    if (!(error instanceof ImageFault)) throw error
    const { message, expected, found } = error
    return finding(check, 'FAIL', message, { path, expected, found })
  }
}

const kindNames: Readonly<Record<BlockKind, string>> = {
  lz4: 'an lz4 frame',
  gzip: 'a gzip member',
  plain: 'partclone data or a raw image',
  ffu: 'an FFU',
}

function wrongKind(path: string, named: BlockKind | undefined, found: string): Finding {
  const expected = named ? kindNames[named] : 'a block image'
  const details = { path, expected, found: found === 'unknown' ? 'other data' : found }
  return finding(check, 'FAIL', `${path} does not hold what its name says.`, details)
}

/** The parts of an image that were read; `whole` when all of it was. */
export interface SeenImage {
  readonly packed: BlockKind
  /** The head of partclone data, if it is in the part that was read. */
  readonly header?: PartcloneHeader | undefined
  readonly isRaw: boolean
  readonly whole: boolean
}

/** The finding of an image in which no fault was found. */
export function describeImage(path: string, seen: SeenImage, source: CapturedSource): Finding {
  const { packed, header, isRaw, whole } = seen
  if (packed === 'ffu') return passed(path, whole, 'an FFU')
  if (isRaw) return judgeRaw(path, whole)
  if (!header) return passed(path, whole, 'content that begins later than a quick look reads')
  const used = header.usedBlocks * header.blockBytes
  const { usedMiB, emptyShare } = source
  const found = `partclone image of ${header.fileSystem}, ${bytesText(used)} in use`
  if (usedMiB === undefined || !isTooSmall(used, usedMiB)) return passed(path, whole, found)
  const isEmpty = isNearlyEmpty(used, usedMiB, emptyShare)
  const share = percentText(isEmpty ? emptyShare : smallestShare)
  const details = { path, expected: `at least ${share} of ${mebibytesText(usedMiB)}`, found }
  if (isEmpty) return finding(check, 'FAIL', 'The image is nearly empty.', details)
  return finding(check, 'WARN', 'The image holds far less than was in use on the source.', details)
}

function judgeRaw(path: string, whole: boolean): Finding {
  if (/\.imager\.[^.]*$/i.test(path)) return passed(path, whole, 'a raw image')
  return finding(check, 'FAIL', 'The image is raw: the program of its name restores partclone images only.', {
    path,
    expected: 'a partclone image',
    found: 'other data',
  })
}

function passed(path: string, whole: boolean, found: string): Finding {
  const message = whole ? 'All of the image can be read.' : 'The image has its beginning and its end.'
  return finding(check, 'PASS', message, { path, found })
}
