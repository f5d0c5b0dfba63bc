import { createGunzip, type Gunzip } from 'node:zlib'
import { ImageFault } from './image-fault.js'
import type { ByteSink } from './stream-parser.js'

/** Decompresses gzip members, one after the other, with their checksums and lengths. Keeps some 256 KiB. */
export class GunzipReader {
  private readonly gunzip: Gunzip
  private fault: Error | undefined
  private readonly ended: Promise<void>

  constructor(private readonly content: Pick<ByteSink, 'push'>) {
    this.gunzip = createGunzip({ chunkSize: 256 * 1024 })
    this.gunzip.on('data', (bytes: Buffer) => this.take(bytes))
    this.ended = new Promise((resolve) => {
      this.gunzip.once('end', resolve).once('error', (error) => {
        this.fault ??= describe(error)
        resolve()
      })
    })
  }

  /** Resolves when the bytes are decompressed. Rejects with ImageFault. */
  async push(bytes: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve) => this.gunzip.write(bytes, () => resolve()))
    await Promise.race([written, this.ended])
    if (this.fault) throw this.fault
  }

  async end(): Promise<void> {
    this.gunzip.end()
    await this.ended
    if (this.fault) throw this.fault
  }

  close(): void {
    this.gunzip.destroy()
  }

  private take(bytes: Buffer): void {
    if (this.fault) return
    try {
      this.content.push(bytes)
    } catch (error) {
      this.fault = error as Error
      // Ends the work on the rest, which can be a thousand times as long.
      this.gunzip.destroy(error as Error)
    }
  }
}

function describe(error: Error & { code?: string }): Error {
  if (error instanceof ImageFault || !error.code?.startsWith('Z_')) return error
  if (error.code === 'Z_BUF_ERROR')
    return new ImageFault('The gzip data is cut short.', 'the end of a gzip member', 'the end of the file')
  return new ImageFault('The gzip data is damaged.', 'gzip members with their checksums', error.message)
}
