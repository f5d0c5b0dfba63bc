import type { FileIdentity } from '@goldkeep/client'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const recordFormat = z.object({
  attemptId: z.string(),
  /** The file that is being sent, as it was; absent for a pipe, which cannot be gone on with. */
  source: z.object({ file: z.string(), size: z.number(), mtimeMs: z.number(), inode: z.string() }).optional(),
  /** As this program counted it while sending. */
  finished: z.object({ size: z.number(), sha256: z.string() }).optional(),
})

/** What this machine knows of one file that it sent. */
export type UploadRecord = z.output<typeof recordFormat> & {
  readonly source?: (FileIdentity & { readonly file: string }) | undefined
}

/**
 * What this machine remembers of its uploads, so that a later process can go on with a file, and can seal
 * with the digests counted here. One small file for each uploaded file: several may be sent at once.
 * Losing them costs a restart of unfinished files, nothing else.
 */
export class UploadRecords {
  constructor(private readonly stateDirectory: string) {}

  async read(versionId: string, path: string): Promise<UploadRecord | undefined> {
    const text = await readFile(this.fileOf(versionId, path), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    try {
      return recordFormat.parse(JSON.parse(text))
    } catch {
      return undefined
    }
  }

  async save(versionId: string, path: string, record: UploadRecord): Promise<void> {
    const file = this.fileOf(versionId, path)
    const temporary = `${file}.${process.pid}`
    await mkdir(this.directoryOf(versionId), { recursive: true })
    await writeFile(temporary, JSON.stringify(record))
    await rename(temporary, file)
  }

  /** After the seal or the abort there is nothing to go on with. */
  async forget(versionId: string): Promise<void> {
    await rm(this.directoryOf(versionId), { recursive: true, force: true })
  }

  private directoryOf(versionId: string): string {
    return join(this.stateDirectory, 'uploads', versionId.replace(/[^0-9A-Za-z-]/g, '_'))
  }

  private fileOf(versionId: string, path: string): string {
    return join(this.directoryOf(versionId), `${path.replaceAll('/', ',')}.json`)
  }
}
