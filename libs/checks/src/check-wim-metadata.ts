import type { Finding } from '@goldkeep/domain'
import { readWimHeader, readWimMetadata, WimFault, type WimImage, type WimMetadata } from '@goldkeep/wim'
import { bytesText, counted, finding, mebibytesText } from './finding.js'
import { lookInto } from './look-into.js'
import { isTooSmall, smallestShare } from './smallest-share.js'
import type { CheckedFile } from './subject.js'

const check = 'wim-metadata'

/**
 * Whether a WIM's own description of its images can be read and fits the schema.
 * @param usedMiB what was in use on the captured partition, where the schema says it
 */
export function checkWimMetadata(file: CheckedFile, usedMiB: number | undefined): Promise<Finding> {
  return lookInto(check, file, async (open) => {
    try {
      const header = await readWimHeader(open)
      return judge(file.path, await readWimMetadata(open, header), usedMiB)
    } catch (error) {
      if (!(error instanceof WimFault)) throw error
      const { message, expected, found } = error
      return finding(check, 'FAIL', message, { path: file.path, expected, found })
    }
  })
}

function judge(path: string, { images }: WimMetadata, usedMiB: number | undefined): Finding {
  const first = images[0]
  if (!first)
    return finding(check, 'FAIL', 'The file holds no image.', { path, expected: 'one image', found: 'none' })
  if (images.length > 1)
    return finding(check, 'WARN', 'The file holds more than one image; deploys take the first.', {
      path,
      expected: 'one image',
      found: counted(images.length, 'image'),
    })
  const { totalBytes } = first
  if (totalBytes !== undefined && usedMiB !== undefined && isTooSmall(totalBytes, usedMiB))
    return finding(check, 'WARN', 'The image holds far less than was in use on the source.', {
      path,
      expected: `at least ${smallestShare * 100} % of ${mebibytesText(usedMiB)}`,
      found: bytesText(totalBytes),
    })
  return finding(check, 'PASS', 'The image describes itself.', { path, found: describe(first) })
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
