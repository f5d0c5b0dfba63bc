import type { FileIdentity } from '@goldkeep/client'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const recordFormat = z.object({
  attemptId: z.string(),
  /** The file that is being sent, as it was; absent for a pipe, which cannot be gone on with. */
  source: z.object({ file: z.string(), size: z.number(), mtimeMs: z.number(), inode: z.string() }).optional(),
  /** The process that wrote last. */
  writer: z.object({ host: z.string(), pid: z.number() }).optional(),
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

/**
 * Whether the attempt's last writer was a process of this machine that is no more. Nobody else can then
 * be writing, so that the file may be taken over without waiting.
 */
export function writerIsGone(record: UploadRecord | undefined, attemptId: string | undefined): boolean {
  if (!record?.writer || record.attemptId !== attemptId) return false
  return record.writer.pid !== process.pid && isGone(record.writer)
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
