import type { Finding } from '@goldkeep/domain'
import { finding } from './finding.js'
import { lookInto } from './look-into.js'
import type { CheckedFile } from './subject.js'

const check = 'block-image'
const sectorBytes = 512
/** The last bytes of a master boot record; a GPT has one as well. */
const signature = '55aa'

/** What the Linux client keeps of a disk before its first partition. */
export const isPartitionTable = (path: string): boolean => /^hd\d+\/table$/.test(path)

/** Examines whether a disk's first sector is one. Returns `undefined` when it is, and for an empty file, of which others tell. */
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
