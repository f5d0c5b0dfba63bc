/**
 * The layout that a capture was made from, in the field's own format: the legacy imaging clients write
 * it as one line of JSON in which every value is a string and the case of keys does not matter.
 */
export interface Schema {
  readonly drives: readonly Drive[]
  /** What could be read only with leave: numbers that are none. At most `maxOddities`. */
  readonly oddities: readonly string[]
  /** Keys that an object has more than once, with their places; the last one counts. */
  readonly repeatedKeys: readonly string[]
}

export interface Drive {
  /** Its place in the schema, and so the N of `hd<N>`. */
  readonly index: number
  /** `/dev/sda`, or `0` from WinPE. */
  readonly name: string
  readonly sizeSectors?: number
  /** 512 when the schema does not say. */
  readonly sectorBytes: number
  /** `gpt` or `mbr` in lower case; else as found. */
  readonly table: string
  readonly active: boolean
  readonly partitions: readonly Partition[]
}

export interface Partition {
  /** Digits only, without leading zeros. */
  readonly number: string
  readonly sizeSectors?: number
  readonly volumeMiB?: number
  readonly usedMiB?: number
  /** `primary`, `extended`, `logical`; from WinPE `Basic`, `System`, `Reserved`, `Recovery`. */
  readonly type: string
  /** `ntfs`, `vfat`, `ext4`, `swap`, `LVM2_member`, `NTFS`, or empty. */
  readonly fsType: string
  /** MBR type or GPT code: `7`, `8e`, `0700`, `8E00`. */
  readonly fsId: string
  readonly active: boolean
  /** Of an LVM physical volume. */
  readonly volumeGroup?: VolumeGroup
}

export interface VolumeGroup {
  readonly name: string
  readonly logicalVolumes: readonly LogicalVolume[]
}

export interface LogicalVolume {
  readonly name: string
  readonly sizeSectors?: number
  readonly volumeMiB?: number
  readonly usedMiB?: number
  readonly fsType: string
  readonly active: boolean
}

/** Larger schemas are refused unread; a real one has a few kilobytes. */
export const maxSchemaBytes = 1024 * 1024
/** Deeper nesting is refused unread; a real schema has 7 levels. */
export const maxSchemaDepth = 32
/** Drives, and partitions or logical volumes of the whole schema, that are taken. */
export const maxDrives = 256
export const maxVolumes = 4096
export const maxOddities = 20

const lvmTypes: ReadonlySet<string> = new Set(['8e', '8e00'])

/** An LVM physical volume: its own bytes are captured through the logical volumes. */
export function isPhysicalVolume(
  partition: Partition,
): partition is Partition & { readonly volumeGroup: VolumeGroup } {
  return lvmTypes.has(partition.fsId.toLowerCase()) && partition.volumeGroup !== undefined
}

export const isSwap = (volume: { readonly fsType: string }): boolean => volume.fsType.toLowerCase() === 'swap'
