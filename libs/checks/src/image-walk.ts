import type { Finding } from '@goldkeep/domain'
import type { ExpectedFile } from '@goldkeep/schema'
import { imageReader, type BlockKind, type ImageReader } from './block-image/index.js'
import { blockKindOfBytes, expectedPartition, isBlockImage } from './block-names.js'
import { describeImage, judgeFaults } from './check-block-image.js'
import { detectKind } from './file-kinds.js'
import { finding } from './finding.js'
import type { ByteConsumer } from './read-whole.js'
import type { OpenFile } from './subject.js'

const check = 'block-image'

/** Reads all of a block image in the reading that counts the digest. */
export class ImageWalk {
  private reader: ImageReader | undefined
  private packed: BlockKind | undefined
  private fault: unknown

  constructor(
    private readonly path: string,
    private readonly expected: ExpectedFile | undefined,
    private readonly emptyShare: number,
  ) {}

  /** Nothing is read of what is no block image. */
  async start(open: OpenFile): Promise<readonly ByteConsumer[]> {
    const kind = await detectKind(open, this.path)
    this.packed = isBlockImage(this.path, kind) ? blockKindOfBytes(kind) : undefined
    if (this.packed === undefined || open.size === 0) return []
    this.reader = imageReader(this.packed, expectedPartition(this.path, this.expected), open.size)
    return [{ push: (bytes) => this.push(bytes) }]
  }

  /**
   * The finding, after the file was read. `undefined` where there was no block image to read.
   * @param readWhole whether the bytes came to their end
   */
  async finding(readWhole: boolean): Promise<Finding | undefined> {
    const { reader, packed, path } = this
    if (!reader || !packed) return undefined
    try {
      if (!readWhole)
        return finding(check, 'SKIP', 'Not looked at, since the file could not be read whole.', { path })
      return await judgeFaults(path, async () => {
        if (this.fault) throw this.fault as Error
        await reader.end()
        const source = { usedMiB: this.expected?.usedMiB, emptyShare: this.emptyShare }
        const header = reader.content?.header
        return describeImage(path, { packed, header, isRaw: !header, whole: true }, source)
      })
    } finally {
      reader.close()
    }
  }

  /** A fault ends the examination, not the reading. */
  private async push(bytes: Uint8Array): Promise<void> {
    if (this.fault) return
    try {
      await this.reader?.push(bytes)
    } catch (error) {
      this.fault = error
    }
  }
}
