import { open } from 'node:fs/promises'

/** Turns over the bits of the byte in the middle of a file, as a bad cable or disk does. */
export async function flipMiddleByte(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const position = Math.floor((await file.stat()).size / 2)
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, position)
    byte.writeUInt8(byte.readUInt8(0) ^ 0xff, 0)
    await file.write(byte, 0, 1, position)
  } finally {
    await file.close()
  }
}
