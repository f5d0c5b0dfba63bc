import type { Finding } from '@goldkeep/domain'
import { finding } from './finding.js'
import { lookInto } from './look-into.js'
import type { CheckedFile } from './subject.js'

const check = 'block-image'
const sectorBytes = 512
/** The last bytes of a master boot record; a GPT has one as well. */
const signature = '55aa'

/** Whether a file is the Linux client's copy of the sectors before a disk's first partition. */
export const isPartitionTable = (path: string): boolean => /^hd\d+\/table$/.test(path)

/**
 * Warns of a file whose first sector is no partition table. Returns `undefined` where it is one, and for an empty file,
 * which the check `sizes` tells.
 */
export async function checkPartitionTable(file: CheckedFile): Promise<Finding | undefined> {
  const { path, size } = file
  if (size === 0) return undefined
  let isTable = false
  const found = await lookInto(check, file, async (open) => {
    const end = Buffer.from(await open.read(sectorBytes - 2, 2)).toString('hex')
    isTable = end === signature
    return finding(check, 'WARN', `${path} does not begin with a partition table.`, {
      path,
      expected: `${signature} at byte ${sectorBytes - 2}`,
      found: end || `${size} bytes`,
    })
  })
  return isTable ? undefined : found
}
