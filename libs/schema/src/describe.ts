import type { Drive, LogicalVolume, Partition } from './schema.js'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Names come from the schema's author; people see them short and in one line. */
const shown = (text: string): string => text.replace(/\p{C}/gu, '?').slice(0, 40)

const used = ({ usedMiB }: { readonly usedMiB?: number }): string[] =>
  usedMiB === undefined ? [] : [`${whole.format(usedMiB)} MiB used`]

/** `disk 0, the whole disk`. */
export const describeDrive = (drive: Drive): string => `disk ${drive.index}, the whole disk`

/** `disk 0, partition 3, NTFS, 41,232 MiB used`. */
export function describePartition(drive: Drive, partition: Partition): string {
  const kind = shown(partition.fsType || partition.type || 'unknown file system')
  return [`disk ${drive.index}`, `partition ${partition.number}`, kind, ...used(partition)].join(', ')
}

/** `disk 0, volume vg0-root, ext4, 8,120 MiB used`. */
export function describeLogicalVolume(drive: Drive, group: string, volume: LogicalVolume): string {
  const kind = shown(volume.fsType || 'unknown file system')
  const name = shown(`${group}-${volume.name}`)
  return [`disk ${drive.index}`, `volume ${name}`, kind, ...used(volume)].join(', ')
}
