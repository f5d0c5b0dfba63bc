/** Bytes that can be read from anywhere in any order. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number
  /** The bytes from `offset`; fewer than `length` only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A file that is open for reading. */
export interface OpenFile extends RandomAccess {
  close(): Promise<void>
}
