import type { VolumeRoot } from './directories.js'
import { UnfitVolumeError } from './unfit-volume.js'

/** File systems that break the laws in ways that trying does not show; by statfs(2) `f_type`. */
const refused: Readonly<Record<number, string>> = {
  0xff534d42: 'a CIFS mount',
  0xfe534d42: 'an SMB mount',
  0x517b: 'an SMB mount',
  0x4d44: 'a FAT file system',
  0x2011bab0: 'an exFAT file system',
}

/** Those that work and do not keep what they promise for long. */
const fleeting: Readonly<Record<number, string>> = {
  0x01021994: 'a tmpfs, whose content is gone when this machine restarts',
  0x794c7630: 'the layer of a container, which goes with the container; mount a disk there',
}

/**
 * Refuses a file system that loses or confuses what was acknowledged.
 * @returns a warning about one that can be used and should not be
 * @throws UnfitVolumeError
 */
export async function refuseFileSystem(root: VolumeRoot): Promise<string | undefined> {
  const { type } = await root.sys.statfs(`/proc/self/fd/${root.fd}`)
  // f_type is signed on some kernels.
  const kind = type >>> 0
  const name = refused[kind]
  if (name !== undefined)
    throw new UnfitVolumeError(
      root.path,
      `it is on ${name}; use a local disk (ext4, xfs, btrfs, ZFS) or NFSv4, and share it from there`,
    )
  return fleeting[kind]
}
