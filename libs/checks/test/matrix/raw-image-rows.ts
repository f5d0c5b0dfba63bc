import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { lz4 } from '../make-images.js'
import { btrfs, withOneImage } from './block-row.js'
import { refusedAtSeal, refusedLater, valid, type Gives } from './row.js'

const broken: Gives = { 'block-image': 'FAIL' }

/** Images without a head: the bytes of a partition as they are. */
export const rawImageRows = withOneImage([
  {
    name: 'a raw image of the size of its partition',
    file: 'part1.imager.gz',
    make: () => gzipSync(randomBytes(1024 * 1024)),
    of: btrfs,
    gives: {},
    ...valid,
  },
  {
    name: 'raw data that partclone would have to restore',
    file: 'part1.extfs.lz4',
    make: () => lz4(randomBytes(1024 * 1024)),
    gives: broken,
    ...refusedAtSeal,
    says: 'The image is raw',
  },
  {
    name: 'a raw image that is shorter than its partition',
    file: 'part1.imager.lz4',
    make: () => lz4(randomBytes(900_000)),
    of: btrfs,
    gives: broken,
    ...refusedLater,
    says: 'another size than its partition',
  },
  {
    name: 'a raw image that is longer than its partition',
    file: 'part1.imager.gz',
    make: () => gzipSync(randomBytes(1_200_000)),
    of: btrfs,
    gives: broken,
    ...refusedLater,
    says: 'larger than its partition',
  },
])
