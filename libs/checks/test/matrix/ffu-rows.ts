import { ffuImage, flipped } from '../make-images.js'
import { withOneImage } from './block-row.js'
import { windowsDiskAsBlocks } from './layouts.js'
import { refusedAtSeal, refusedLater, type Gives } from './row.js'

const broken: Gives = { 'block-image': 'FAIL' }
const ofDisk = { file: 'disk.ffu', of: windowsDiskAsBlocks }

/** Full flash updates that are damaged, cut, or something else. */
export const damagedFfuRows = withOneImage([
  {
    name: 'a full flash update that was cut',
    ...ofDisk,
    make: () => ffuImage().subarray(0, 200_000),
    gives: broken,
    ...refusedAtSeal,
    says: 'The FFU is cut short.',
  },
  {
    name: 'a full flash update with more chunks than hashes',
    ...ofDisk,
    make: () => Buffer.concat([ffuImage(), Buffer.alloc(131_072)]),
    gives: broken,
    ...refusedAtSeal,
    says: 'its end is not covered',
  },
  {
    name: 'one bit of a full flash update',
    ...ofDisk,
    make: () => flipped(ffuImage()),
    gives: broken,
    ...refusedLater,
    says: 'The hash of chunk',
  },
  {
    name: 'one bit of a hash of a full flash update',
    ...ofDisk,
    make: () => flipped(ffuImage(), 44),
    gives: broken,
    ...refusedLater,
    says: 'The hash of chunk 1 of 2',
  },
  {
    name: 'another signature of a full flash update',
    ...ofDisk,
    make: () => flipped(ffuImage(), 5),
    gives: broken,
    ...refusedAtSeal,
    says: 'does not hold what its name says',
  },
  {
    name: 'a WIM under the name of a full flash update',
    ...ofDisk,
    make: () => Buffer.from('MSWIM\0\0\0'.padEnd(30_000)),
    gives: { ...broken, sizes: 'WARN' },
    ...refusedAtSeal,
    says: 'does not hold what its name says',
  },
])
