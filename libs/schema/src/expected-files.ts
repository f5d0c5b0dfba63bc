import type { Capture } from '@goldkeep/domain'
import { credibleUsedMiB, type MeasuredVolume } from './measures.js'
import { describeDrive, describeLogicalVolume, describePartition } from './describe.js'
import {
  isPhysicalVolume,
  isSwap,
  type Drive,
  type LogicalVolume,
  type Partition,
  type Schema,
} from './schema.js'

/** A file that a schema calls for. */
export interface ExpectedFile {
  /** A path, or a path with a final `*` where the client chooses the compression. */
  readonly pattern: string
  /** For people: `disk 0, partition 3, NTFS, 41,232 MiB used`. */
  readonly description: string
  /** What is in use on the source; the file can hardly be under a few per cent of it. */
  readonly usedMiB?: number
  /** Of the partition or logical volume, as the schema writes it: `FAT32`, `ext4`. */
  readonly fsType?: string
  /** Of the partition or logical volume, in bytes, where the schema says it. */
  readonly sizeBytes?: number
  /** It may be absent, and is not a surprise when it is there. */
  readonly optional?: boolean
  /** Of a Linux client's file: what precedes the name of the program, `hd0/part3`. */
  readonly stem?: string
  matches(path: string): boolean
}

/**
 * The files that a capture of this layout consists of, without the schema itself. Mirrors what the
 * legacy clients capture: WinPE what could get a drive letter, Linux every partition but swap, with the
 * logical volumes in place of their LVM physical volume.
 */
export function expectedFiles(schema: Schema, capture: Capture): ExpectedFile[] {
  if (capture.schemaOnly) return []
  return schema.drives.flatMap((drive) =>
    capture.environment === 'winpe' ? winpeFiles(drive, capture) : linuxFiles(drive, capture),
  )
}

function winpeFiles(drive: Drive, capture: Capture): ExpectedFile[] {
  const files: ExpectedFile[] = []
  if (capture.type !== 'file') files.push(wholeDisk(drive))
  if (capture.type === 'block') return files
  for (const partition of drive.partitions) {
    if (partition.type.toLowerCase() === 'reserved' || partition.fsType === '') continue
    files.push({
      ...exactly(`hd${drive.index}/part${partition.number}.winpe.wim`),
      ...usedOf(partition, drive),
      ...sizeOf(partition, drive),
      fsType: partition.fsType,
      description: describePartition(drive, partition),
      // What was switched off in a custom schema need not be captured.
      ...((!drive.active || !partition.active) && { optional: true }),
    })
  }
  return files
}

function wholeDisk(drive: Drive): ExpectedFile {
  const known = drive.partitions.flatMap((partition) => credibleUsedMiB(partition, drive) ?? [])
  const usedMiB = known.reduce((sum, used) => sum + used, 0)
  return {
    ...exactly(`hd${drive.index}/disk.ffu`),
    description: describeDrive(drive),
    ...(usedMiB > 0 && { usedMiB }),
    ...(!drive.active && { optional: true }),
  }
}

function linuxFiles(drive: Drive, capture: Capture): ExpectedFile[] {
  if (!drive.active) return []
  const table: ExpectedFile = {
    ...exactly(`hd${drive.index}/table`),
    description: `disk ${drive.index}, partition table`,
  }
  const active = drive.partitions.filter((partition) => partition.active)
  return [table, ...active.flatMap((partition) => linuxPartitionFiles(drive, partition, capture))]
}

function linuxPartitionFiles(drive: Drive, partition: Partition, capture: Capture): ExpectedFile[] {
  if (isSwap(partition)) return []
  const stem = `hd${drive.index}/part${partition.number}`
  const description = describePartition(drive, partition)
  if (!isPhysicalVolume(partition)) {
    // An extended partition is a frame around logical ones; some clients dump it, some do not.
    const optional = partition.type.toLowerCase() === 'extended'
    return [
      {
        ...ofProgram(stem, partition.fsType),
        ...usedOf(partition, drive),
        ...sizeOf(partition, drive),
        description,
        ...(optional && { optional }),
      },
    ]
  }
  const { name, logicalVolumes } = partition.volumeGroup
  const files = logicalVolumes
    .filter((volume) => volume.active && !isSwap(volume))
    .map((volume) => logicalVolumeFile(drive, name, volume))
  if (!capture.skipLvmShrink) return files
  return [{ ...startingWith(`${stem}.imager.`), ...sizeOf(partition, drive), description }, ...files]
}

function logicalVolumeFile(drive: Drive, group: string, volume: LogicalVolume): ExpectedFile {
  return {
    ...ofProgram(`hd${drive.index}/${group}-${volume.name}`, volume.fsType),
    ...usedOf(volume, drive),
    ...sizeOf(volume, drive),
    description: describeLogicalVolume(drive, group, volume),
  }
}

const programs: ReadonlyMap<string, string> = new Map([
  ['ntfs', 'ntfs'],
  ['vfat', 'fat'],
  ['ext2', 'extfs'],
  ['ext3', 'extfs'],
  ['ext4', 'extfs'],
  ['xfs', 'xfs'],
  ['hfsplus', 'hfsp'],
])

/** The second part of a Linux client's file name; `imager` copies what no other program knows. */
const captureProgram = (fsType: string): string => programs.get(fsType.toLowerCase()) ?? 'imager'

const ofProgram = (stem: string, fsType: string) => ({
  ...startingWith(`${stem}.${captureProgram(fsType)}.`),
  stem,
})

const usedOf = (volume: MeasuredVolume, drive: Drive): { readonly usedMiB?: number } => {
  const usedMiB = credibleUsedMiB(volume, drive)
  return usedMiB === undefined ? {} : { usedMiB }
}

/** 0 is what a client writes that does not know. */
const sizeOf = ({ sizeSectors }: { readonly sizeSectors?: number }, { sectorBytes }: Drive) =>
  sizeSectors ? { sizeBytes: sizeSectors * sectorBytes } : {}

const exactly = (pattern: string) => ({ pattern, matches: (path: string) => path === pattern })

/** As the legacy servers look for it: by a glob, whatever the extension. */
const startingWith = (start: string) => ({
  pattern: `${start}*`,
  matches: (path: string) => path.length > start.length && path.startsWith(start),
})
