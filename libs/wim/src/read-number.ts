/**
 * Little-endian numbers of the format, without BigInt, since a table has hundreds of thousands of them.
 * Beyond 2^53 they are no longer exact; they are then far outside any file.
 */
export function readNumber64(data: Buffer, at: number): number {
  return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32
}

export function readNumber56(data: Buffer, at: number): number {
  return data.readUInt32LE(at) + (data.readUInt16LE(at + 4) + data.readUInt8(at + 6) * 2 ** 16) * 2 ** 32
}
