import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const headerBytes = 208
const entryBytes = 50

/**
 * Writes a small sound WIM and gives its path to `use`. Where wimlib-imagex fails with this one too, the fault
 * is the machine's.
 */
export async function withControlWim<T>(use: (path: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'goldkeep-control-'))
  try {
    const path = join(directory, 'control.wim')
    await writeFile(path, controlWim())
    return await use(path)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** A header, a table whose one entry is left over, and XML without an image. */
export function controlWim(): Buffer {
  const xml = Buffer.from('\ufeff<WIM></WIM>', 'utf16le')
  const header = Buffer.alloc(headerBytes)
  header.write('MSWIM\0\0\0', 'latin1')
  header.writeUInt32LE(headerBytes, 0x08)
  header.writeUInt32LE(0x10d00, 0x0c)
  header.writeUInt16LE(1, 0x28)
  header.writeUInt16LE(1, 0x2a)
  writeEntry(header, 0x30, headerBytes, entryBytes)
  writeEntry(header, 0x48, headerBytes + entryBytes, xml.length)
  return Buffer.concat([header, Buffer.alloc(entryBytes), xml])
}

function writeEntry(header: Buffer, at: number, offset: number, size: number): void {
  const metadataFlag = 0x02n << 56n
  header.writeBigUInt64LE(metadataFlag | BigInt(size), at)
  header.writeBigUInt64LE(BigInt(offset), at + 8)
  header.writeBigUInt64LE(BigInt(size), at + 16)
}
