import type { Capture } from '@goldkeep/domain'
import { describePartition } from './describe.js'
import { roomMiB } from './measures.js'
import type { Schema } from './schema.js'

/** A partition that is too large to be nothing, and that the client did not capture. */
export interface UncapturedPartition {
  /** For people: `disk 0, partition 4, Basic`. */
  readonly description: string
  /** What the names of its files would begin with, `hd0/part4.`. */
  readonly start: string
  readonly sizeMiB: number
}

/** Smaller ones without a file system are reserved by one vendor or another. */
const largeMiB = 1024
const framesOnly: ReadonlySet<string> = new Set(['reserved', 'extended'])

/**
 * The large partitions of a WinPE capture that had no file system that Windows could read, such as a locked
 * BitLocker volume: the client captures what has a drive letter and says nothing of the rest.
 */
export function uncapturedPartitions(schema: Schema, capture: Capture): UncapturedPartition[] {
  if (capture.environment !== 'winpe' || capture.type !== 'file' || capture.schemaOnly) return []
  return schema.drives.flatMap((drive) =>
    drive.partitions.flatMap((partition) => {
      const sizeMiB = roomMiB(partition, drive)
      const isCaptured = partition.fsType !== '' || framesOnly.has(partition.type.toLowerCase())
      const isLeftOut = isCaptured || !drive.active || !partition.active
      if (isLeftOut || sizeMiB === undefined || sizeMiB < largeMiB) return []
      const start = `hd${drive.index}/part${partition.number}.`
      return [{ description: describePartition(drive, partition), start, sizeMiB }]
    }),
  )
}
