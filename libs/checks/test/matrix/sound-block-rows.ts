import { gzipSync } from 'node:zlib'
import { ffuImage, lz4, oldPartcloneImage, partcloneImage } from '../make-images.js'
import { btrfs, extfs, noWim, withOneImage, type ImageRow } from './block-row.js'
import { windowsDiskAsBlocks } from './layouts.js'
import { valid } from './row.js'

/** Sound block images; none of them may be INVALID. */
export const soundBlockRows = withOneImage([
  { name: 'lz4', file: 'part1.extfs.lz4', make: () => lz4(extfs()), gives: {}, ...valid },
  {
    name: 'lz4 with linked blocks and their checksums',
    file: 'part1.extfs.lz4',
    make: () => lz4(extfs(), '-BD', '-BX', '-B4'),
    gives: {},
    ...valid,
  },
  { name: 'legacy lz4', file: 'part1.extfs.lz4', make: () => lz4(extfs(), '-l'), gives: {}, ...valid },
  { name: 'gzip', file: 'part1.extfs.gz', make: () => gzipSync(extfs()), gives: {}, ...valid },
  { name: 'partclone', file: 'part1.extfs.uncp', make: extfs, gives: {}, ...valid },
  {
    name: 'partclone without checksums',
    file: 'part1.extfs.lz4',
    make: () => lz4(partcloneImage({ fileSystem: 'EXTFS', checksums: false })),
    gives: {},
    ...valid,
  },
  {
    name: 'partclone of version 1',
    file: 'part1.extfs.gz',
    make: () => gzipSync(oldPartcloneImage()),
    gives: {},
    ...valid,
  },
  ...(['lz4', 'gz', 'uncp'] as const).map((extension): ImageRow => {
    const image = partcloneImage({ fileSystem: 'BTRFS' })
    const packed = { lz4: () => lz4(image), gz: () => gzipSync(image), uncp: () => image }[extension]
    return {
      name: `${extension} under imager.wim`,
      file: 'part1.imager.wim',
      make: packed,
      of: btrfs,
      gives: noWim,
      ...valid,
    }
  }),
  {
    name: 'a full flash update',
    file: 'disk.ffu',
    of: windowsDiskAsBlocks,
    make: ffuImage,
    gives: {},
    ...valid,
  },
])
