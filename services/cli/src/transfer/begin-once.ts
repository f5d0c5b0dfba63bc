import { beginUpload, type BegunUpload, type BeginRequest } from '@goldkeep/client'
import { catalog } from '@goldkeep/contracts'
import { isDomainError, reasons } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { Session } from '../session.js'
import { takeRequestId } from './begin-request.js'
import { isOpenUpload } from './find-upload.js'

export interface BegunOnce extends BegunUpload {
  /** Called when the id is where the next command finds it. */
  readonly forgetRequest: () => Promise<void>
}

/**
 * Begins an upload. A command that is broken off before it knew the upload leaves its request id behind, and
 * the same command gets the same upload.
 * @param scope what else the request is for, such as a folder
 * @param onBegun called with the upload's id, before storage is asked
 */
export async function beginOnce(
  session: Session,
  request: BeginRequest,
  scope = '',
  onBegun?: (versionId: string) => Promise<void>,
): Promise<BegunOnce> {
  const { address } = await session.context()
  const key = requestKey(request, [address, scope])
  for (;;) {
    const { requestId, isLeft, forget } = await takeRequestId(session.stateDirectory, key)
    const begun = await begin(session, { ...request, requestId }, onBegun).catch((error: unknown) => {
      if (isLeft && isDomainError(error, 'UPLOAD_ENDED')) return undefined
      throw error
    })
    if (begun && (!isLeft || (await isOpenUpload(session, begun.session.versionId))))
      return { ...begun, forgetRequest: forget }
    begun?.session.close()
    await forget()
  }
}

async function begin(
  session: Session,
  request: BeginRequest,
  onBegun?: (versionId: string) => Promise<void>,
): Promise<BegunUpload> {
  let versionId = ''
  try {
    return await beginUpload(await session.catalog(), request, session.transferRetry, async ({ upload }) => {
      versionId = upload?.versionId ?? ''
      await onBegun?.(versionId)
    })
  } catch (error) {
    if (versionId === '' || session.signal.aborted || !isDomainError(error)) throw error
    const what = `upload ${versionId} has begun, but storage has not taken it: ${error.message}`
    const how = `the same command again goes on with it; \`goldkeep upload abort ${versionId}\` ends it`
    throw new CliError(error.reason, `${what}; ${how}`, reasons[error.reason].exit, error.metadata)
  }
}

/** Equal for equal requests. */
function requestKey(request: BeginRequest, more: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(more))
    .update(catalog.BeginUploadRequest.encode(catalog.BeginUploadRequest.fromPartial(request)).finish())
    .digest('hex')
    .slice(0, 32)
}
