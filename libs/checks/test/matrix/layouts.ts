import { winpeSchema, type SchemaPartition } from '@goldkeep/testing'
import { linux, winpe } from '../make-version.js'
import type { Layout } from './row.js'

export const windowsPath = 'hd0/part3.winpe.wim'
export const efiPath = 'hd0/part1.winpe.wim'

const efi = { number: 1, type: 'System', fsType: 'FAT32', usedMiB: 1, sizeMiB: 16 }
const reserved = { number: 2, type: 'Reserved', fsType: '', sizeMiB: 16 }
const windows = { number: 3, usedMiB: 1, sizeMiB: 64 }

export const winpeLayout = (...partitions: SchemaPartition[]): Layout => ({
  schema: Buffer.from(winpeSchema({ partitions })),
  capture: winpe,
})

/** One partition, Windows, for what is about one file. */
export const windowsOnly = winpeLayout(windows)

/** One partition of which so much was in use. */
export const windowsInUse = (usedMiB: number): Layout => winpeLayout({ number: 3, usedMiB })

/** A PC as the WinPE client captures it: EFI, reserved, Windows. */
export const windowsDisk = winpeLayout(efi, reserved, windows)

export const windowsDiskAsBlocks: Layout = { ...windowsDisk, capture: { ...winpe, type: 'block' } }
export const windowsDiskAsBoth: Layout = { ...windowsDisk, capture: { ...winpe, type: 'both' } }

const sectors = { size: '2048', active: 'true' }

export interface LinuxParts {
  readonly partitions?: readonly object[]
  readonly volumes?: readonly object[]
}

export const rootVolume = { ...sectors, name: 'root', fstype: 'ext4', usedmb: '1' }
const volumes = [
  rootVolume,
  { ...sectors, name: 'home', fstype: 'xfs', usedmb: '1' },
  { ...sectors, name: 'swap', fstype: 'swap' },
]

/** A PC as the Linux client captures it, with LVM; more partitions and other logical volumes on demand. */
export function linuxLayout(parts: LinuxParts = {}): Layout {
  const group = { name: 'vg0', logicalvolumes: parts.volumes ?? volumes }
  const partitions = [
    { ...sectors, number: '1', fstype: 'vfat', usedmb: '1' },
    { ...sectors, number: '2', fstype: 'ext4', usedmb: '1' },
    { ...sectors, number: '3', fstype: 'swap' },
    { ...sectors, number: '4', fstype: 'LVM2_member', fsid: '8E00', volumegroup: group },
    { ...sectors, number: '5', fstype: 'btrfs', usedmb: '1' },
    ...(parts.partitions ?? []),
  ]
  const drive = { name: '/dev/sda', size: '67108864', lbs: '512', table: 'gpt', active: 'true', partitions }
  return { schema: Buffer.from(JSON.stringify({ harddrives: [drive] })), capture: linux }
}

export const linuxDisk = linuxLayout()

/** The same with the physical volume captured whole beside its logical volumes. */
export const linuxDiskWithWholeVolume: Layout = {
  ...linuxDisk,
  capture: { ...linux, skipLvmShrink: true },
}

/** One ext4 partition, for what is about one image. */
export const oneLinuxPartition = (partition: object = {}): Layout => {
  const described = { ...sectors, number: '1', fstype: 'ext4', usedmb: '1', ...partition }
  const drive = { name: '/dev/sda', size: '67108864', table: 'gpt', active: 'true', partitions: [described] }
  return { schema: Buffer.from(JSON.stringify({ harddrives: [drive] })), capture: linux }
}
