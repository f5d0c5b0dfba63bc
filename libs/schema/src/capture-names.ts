/** The programs of the Linux client, in the order in which legacy servers look for their files. */
export const capturePrograms = ['ntfs', 'fat', 'extfs', 'hfsp', 'imager', 'xfs'] as const

const linuxName = new RegExp(`^(.+)\\.(${capturePrograms.join('|')})\\.([^.]+)$`, 'i')
const extensions: ReadonlySet<string> = new Set(['lz4', 'gz', 'uncp', 'wim'])

/** The partition's part of a Linux client's file name: `hd0/part3` of `hd0/part3.ntfs.lz4`. */
export const stemOf = (path: string): string | undefined => linuxName.exec(path)?.[1]

/** Whether the Linux client gives such a name to the image of a partition. */
export function isLinuxImageName(path: string): boolean {
  const extension = linuxName.exec(path)?.[3]
  return extension !== undefined && extensions.has(extension.toLowerCase())
}

/** Names of the files that copies, downloads and editors leave behind. */
const leftover =
  /(\.(filepart|part|partial|crdownload|download|tmp|temp|bak|backup|old|orig|save|swp|new)|~|[-_ ]copy\d*(\.\w+)*)$/i

export const isLeftoverName = (path: string): boolean => leftover.test(path)
