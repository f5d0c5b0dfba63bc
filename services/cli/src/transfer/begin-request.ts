import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isGone } from './upload-records.js'

/** The id under which an upload is begun, written down before it is sent. */
export interface BeginRequestId {
  readonly requestId: string
  /** An earlier process was broken off with it; the catalog may have begun an upload for it. */
  readonly isLeft: boolean
  /** Called when the upload that it led to is known. */
  readonly forget: () => Promise<void>
}

/**
 * The request id that a process left behind when it was broken off with the same request, else a new one.
 * Processes that run at the same time never get the same id: each begins an upload of its own.
 * @param key one for equal requests
 */
export async function takeRequestId(stateDirectory: string, key: string): Promise<BeginRequestId> {
  const directory = join(stateDirectory, 'requests', key)
  const fileOf = (requestId: string): string =>
    join(directory, [encodeURIComponent(hostname()), process.pid, requestId].join(','))
  const idFor = (requestId: string, isLeft: boolean): BeginRequestId => ({
    requestId,
    isLeft,
    forget: () => rm(fileOf(requestId), { force: true }),
  })
  for (const name of await readdir(directory).catch(() => [])) {
    const [host = '', pid = '', requestId = ''] = name.split(',')
    const left = { host: decodeURIComponent(host), pid: Number(pid) }
    if (left.pid !== process.pid && !isGone(left)) continue
    // Of several processes one renames it; the others look further.
    const isTaken = await rename(join(directory, name), fileOf(requestId)).then(
      () => true,
      () => false,
    )
    if (isTaken) return idFor(requestId, true)
  }
  const requestId = randomUUID()
  await mkdir(directory, { recursive: true })
  await writeFile(fileOf(requestId), '')
  return idFor(requestId, false)
}
