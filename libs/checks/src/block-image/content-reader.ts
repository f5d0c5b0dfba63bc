import { ImageFault } from './image-fault.js'
import { partcloneMagic, type PartcloneHeader } from './partclone-header.js'
import { readPartclone } from './read-partclone.js'
import { StreamParser, type ByteSink } from './stream-parser.js'

/** The partition that an image should hold, as far as it is known. */
export interface ExpectedPartition {
  /** The second part of a Linux client's file name: `ntfs`, `extfs`, `imager`. */
  readonly program?: string
  /** The partition's size. */
  readonly bytes?: number
}

/** Sizes in sectors and in MiB are rounded by the clients. */
const slackBytes = 1024 * 1024

/** Reads the content of a block image: partclone data, or the raw bytes of a partition. Keeps nothing. */
export class ContentReader implements ByteSink {
  /** The head of a partclone image, as soon as it was read. */
  header: PartcloneHeader | undefined
  /** The content's bytes that were read so far. */
  bytes = 0
  private readonly start: Buffer[] = []
  private startBytes = 0
  private partclone: StreamParser | undefined

  constructor(private readonly expected: ExpectedPartition) {}

  push(bytes: Uint8Array): void {
    this.bytes += bytes.length
    if (this.partclone) return this.partclone.push(bytes)
    if (this.startBytes < partcloneMagic.length) this.look(bytes)
    const { bytes: most } = this.expected
    if (
      !this.partclone &&
      this.startBytes >= partcloneMagic.length &&
      most !== undefined &&
      this.bytes > most
    )
      throw new ImageFault('The raw image is larger than its partition.', `${most} bytes`, 'more')
  }

  end(): void {
    if (this.partclone) return this.partclone.end()
    if (this.bytes === 0)
      throw new ImageFault('The image holds nothing.', 'partclone data or a raw image', 'no byte of content')
    const { bytes } = this.expected
    if (bytes === undefined || bytes === this.bytes) return
    throw new ImageFault(
      'The raw image has another size than its partition.',
      `${bytes} bytes`,
      `${this.bytes} bytes`,
    )
  }

  /** Whether enough was read to know that it is no partclone image. */
  get isRaw(): boolean {
    return this.partclone === undefined && this.startBytes >= partcloneMagic.length
  }

  private look(bytes: Uint8Array): void {
    this.start.push(Buffer.from(bytes.subarray(0, partcloneMagic.length - this.startBytes)))
    this.startBytes += this.start.at(-1)?.length ?? 0
    const start = Buffer.concat(this.start)
    if (start.toString('latin1') !== partcloneMagic) return
    const head = this.startBytes
    this.partclone = new StreamParser(
      'partclone image',
      readPartclone((header) => this.take(header)),
    )
    // The last piece may go on behind the magic.
    const before = start.subarray(0, head - (this.start.at(-1)?.length ?? 0))
    this.partclone.push(before)
    this.partclone.push(bytes)
  }

  private take(header: PartcloneHeader): void {
    this.header = header
    requireFitting(header, this.expected)
  }
}

const fileSystems: ReadonlyMap<string, RegExp> = new Map([
  ['ntfs', /^NTFS/i],
  ['fat', /^(V?FAT|EXFAT)/i],
  ['extfs', /^EXT/i],
  ['xfs', /^XFS/i],
  ['hfsp', /^HFS/i],
])

/** Refuses an image that cannot be restored to the partition that its name says. */
export function requireFitting(header: PartcloneHeader, { program = '', bytes }: ExpectedPartition): void {
  const { fileSystem, deviceBytes } = header
  const pattern = fileSystems.get(program)
  if (pattern && !pattern.test(fileSystem) && fileSystem.toLowerCase() !== 'raw')
    throw new ImageFault('The partclone image is of another file system.', program, fileSystem)
  if (bytes !== undefined && deviceBytes > bytes + slackBytes)
    throw new ImageFault(
      'The partclone image is of a larger file system than its partition.',
      `at most ${bytes} bytes`,
      `${deviceBytes} bytes`,
    )
}
