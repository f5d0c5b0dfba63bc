export interface SchemaPartition {
  readonly number: number
  /** Basic, System, Reserved or Recovery; Basic unless told. */
  readonly type?: string
  /** NTFS unless told; empty for what could get no drive letter. */
  readonly fsType?: string
  readonly usedMiB?: number
  readonly sizeMiB?: number
}

const sectorBytes = 512
const mib = 1024 * 1024

/** The schema of one disk as the WinPE client writes it: one line of JSON, every value a string. */
export function winpeSchema({ partitions }: { readonly partitions: readonly SchemaPartition[] }): string {
  let nextByte = mib
  const described = partitions.map(({ number, type = 'Basic', fsType = 'NTFS', usedMiB = 0, sizeMiB }) => {
    const bytes = (sizeMiB ?? Math.max(16, usedMiB * 2)) * mib
    const start = nextByte
    nextByte += bytes
    return {
      number: String(number),
      start: String(start),
      end: '0',
      size: String(bytes / sectorBytes),
      volumesize: String(bytes / mib),
      usedmb: String(usedMiB),
      type,
      fsType,
      fsid: '',
      uuid: '',
      guid: '',
      active: 'true',
      customsize: '',
      customsizeunit: '',
      forcefixedsize: 'false',
      prefix: '',
      efibootloader: '',
      volumegroup: {},
    }
  })
  const drive = {
    name: '0',
    size: String((nextByte + mib) / sectorBytes),
    table: 'GPT',
    boot: '',
    lbs: String(sectorBytes),
    pbs: '4096',
    guid: '',
    active: 'true',
    destination: '',
    partitions: described,
  }
  return JSON.stringify({ harddrives: [drive] })
}
