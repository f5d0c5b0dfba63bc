import type { Finding } from '@goldkeep/domain'
import {
  maxMetadataBytes,
  readWimMetadata,
  WimFault,
  type WimExamination,
  type WimImage,
  type WimMetadata,
} from '@goldkeep/wim'
import { bytesText, counted, finding } from './finding.js'
import { findImageFault, type CapturedSource } from './find-image-fault.js'
import { findImageOddities } from './find-image-oddities.js'
import { lookInto } from './look-into.js'
import type { CheckedFile } from './subject.js'

const check = 'wim-metadata'

/**
 * Whether a WIM has the image that is deployed, and whether its own description of it can be read, agrees with
 * its tables, and fits the schema.
 * @param xmlBytes the largest description that is read here
 */
export function checkWimMetadata(
  file: CheckedFile,
  source: CapturedSource,
  examination: WimExamination,
  xmlBytes: number,
): Promise<Finding> {
  const { size } = examination.header.xml
  if (size > xmlBytes && size <= maxMetadataBytes) return Promise.resolve(skipped(file.path, size))
  return lookInto(check, file, async (open) => {
    try {
      const metadata = await readWimMetadata(open, examination.header)
      return judge(file.path, metadata, source, examination)
    } catch (error) {
      if (!(error instanceof WimFault)) throw error
      const { message, expected, found } = error
      return finding(check, 'FAIL', message, { path: file.path, expected, found })
    }
  })
}

/** A common one has 2 KB; whoever waits for the seal does not wait for a hostile one. */
const skipped = (path: string, size: number): Finding =>
  finding(check, 'SKIP', 'Its XML is larger than what is read at the seal; the validation reads it.', {
    path,
    found: bytesText(size),
  })

function judge(
  path: string,
  { images }: WimMetadata,
  source: CapturedSource,
  examination: WimExamination,
): Finding {
  const fault = findImageFault(images, source, examination)
  if (fault) {
    const { message, expected, found } = fault
    return finding(check, 'FAIL', message, { path, expected, found })
  }
  const oddities = findImageOddities(images, source, examination)
  if (oddities.length > 0) {
    const joined = (key: 'expected' | 'found', by: string): string =>
      oddities.map((oddity) => oddity[key]).join(by)
    const message = oddities.map((oddity) => oddity.message).join(' ')
    return finding(check, 'WARN', message, {
      path,
      expected: joined('expected', '; '),
      found: joined('found', '; '),
    })
  }
  const found = images[0] ? describe(images[0]) : 'none'
  return finding(check, 'PASS', 'The image describes itself.', { path, found })
}

/** `Windows Professional 10.0.22631 x64, 1,204 files, 9,000 bytes`. */
function describe({ windows, fileCount, totalBytes, name }: WimImage): string {
  const system = windows ? ['Windows', windows.edition, windows.build, windows.architecture] : [name]
  const words = system.filter((word) => word !== undefined && word !== '').join(' ')
  return [
    ...(words === '' ? [] : [words]),
    ...(fileCount === undefined ? [] : [counted(fileCount, 'file')]),
    ...(totalBytes === undefined ? [] : [bytesText(totalBytes)]),
  ].join(', ')
}
