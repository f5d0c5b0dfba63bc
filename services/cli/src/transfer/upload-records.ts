import type { FileIdentity } from '@goldkeep/client'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const recordFormat = z.object({
  attemptId: z.string(),
  /** The file that is being sent, as it was; absent for a pipe, which cannot be gone on with. */
  source: z.object({ file: z.string(), size: z.number(), mtimeMs: z.number(), inode: z.string() }).optional(),
  /** The process that wrote last, and the id by which storage knows it. */
  writer: z.object({ host: z.string(), pid: z.number() }).optional(),
  writerId: z.string().optional(),
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
    const writer = { host: hostname(), pid: process.pid }
    await writeFile(temporary, JSON.stringify({ writer, ...record }))
    await rename(temporary, file)
  }

  /**
   * Writes down, before storage hears of it, that this process is the file's writer. One that follows a process of
   * this machine which is no more takes its id: so storage gives it at once what that one held, and nobody else's.
   * @param ownId the id of this process
   * @returns the record before, and the id to write under
   */
  async claim(
    versionId: string,
    path: string,
    ownId: string,
  ): Promise<{ readonly record: UploadRecord | undefined; readonly writerId: string }> {
    const record = await this.read(versionId, path)
    const { writer, writerId: formerId, ...rest } = record ?? { attemptId: '' }
    const isLeft = writer !== undefined && writer.pid !== process.pid && isGone(writer)
    const writerId = isLeft && formerId !== undefined ? formerId : ownId
    await this.save(versionId, path, { ...rest, writerId })
    return { record, writerId }
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

/** Whether it was a process of this machine, and is no more. */
export function isGone({ host, pid }: { readonly host: string; readonly pid: number }): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
