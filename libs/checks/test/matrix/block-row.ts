import { partcloneImage, partitionTable } from '../make-images.js'
import { oneLinuxPartition } from './layouts.js'
import type { Gives, Layout, Row } from './row.js'

/** One block image, and the verdict that it gets. */
export interface ImageRow extends Omit<Row, 'of' | 'files'> {
  /** Of the image, in `hd0`. */
  readonly file: string
  readonly make: () => Uint8Array
  /** One ext4 partition of 1 MiB unless told. */
  readonly of?: Layout
}

export const extfs = (): Buffer => partcloneImage({ fileSystem: 'EXTFS' })
export const btrfs = oneLinuxPartition({ fstype: 'btrfs' })

/** What the checks of WIM files say of block images under the name `imager.wim`. */
export const noWim: Gives = { 'wim-structure': 'SKIP', 'wim-metadata': 'SKIP', 'wim-content': 'SKIP' }

const table = { 'hd0/table': partitionTable() }

/** The rows as versions of one file, with the partition table where it is of Linux. */
export const withOneImage = (rows: readonly ImageRow[]): Row[] =>
  rows.map(({ name, file, make, of, ...row }) => ({
    ...row,
    name: `block image: ${name}`,
    of: of ?? oneLinuxPartition(),
    files: () => ({ ...(file === 'disk.ffu' ? {} : table), [`hd0/${file}`]: make() }),
  }))
