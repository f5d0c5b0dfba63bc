/** A program that many use for the same work. Times are in seconds. */
export interface Peer {
  readonly name: string
  upload(file: string, name: string): Promise<number>
  /** Absent where it has none. */
  download?(name: string): Promise<number>
  /** The same with the receiver's digest, as ours has it. */
  downloadAndHash?(name: string): Promise<number>
  /** Where the bytes of an upload lie. */
  stored(name: string): string
  stop(): Promise<void>
}
