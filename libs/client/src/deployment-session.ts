import { sha256FromProto, type catalog } from '@goldkeep/contracts'
import { DomainError, parseFilePath } from '@goldkeep/domain'
import type { CatalogConnection } from './catalog-connection.js'
import { readFile, type Prefix } from './read-file.js'
import { tellFaults } from './tell-faults.js'
import type { RetryPolicy } from './retry.js'
import { connectStorage } from './storage-connection.js'
import { accessFrom, createTicketSource } from './ticket-source.js'

/** A file as the orders name it. */
export interface OrderedFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** The reading of one deployment's pinned version. */
export interface DeploymentSession {
  readonly orders: catalog.Orders
  readonly files: readonly OrderedFile[]
  /** Aborts when the reading is to end. */
  readonly signal: AbortSignal
  /** @throws DomainError FILE_NOT_FOUND when the orders have no such file */
  file(path: string): OrderedFile
  /**
   * The bytes, or those after a prefix, checked with it against the orders' digest before the last of them is
   * given out.
   */
  read(file: OrderedFile, after?: Prefix): AsyncGenerator<Uint8Array>
  close(): void
}

/** Gets the orders of an open deployment again, with a fresh ticket. */
export async function openDeployment(
  catalogConnection: CatalogConnection,
  deploymentId: string,
  retry: RetryPolicy,
): Promise<DeploymentSession> {
  const orders = await catalogConnection.deployments.issueTicket({ deploymentId })
  const issue = async () => accessFrom(await catalogConnection.deployments.issueTicket({ deploymentId }))
  const connection = connectStorage(createTicketSource(issue, accessFrom(orders)), retry)
  const signal = retry.signal ?? new AbortController().signal
  const versionId = orders.deployment?.versionId ?? ''
  // The paths lead to where files are written: what is no path of a version is refused.
  const files = orders.files.map((entry) => ({
    path: parseFilePath(entry.path),
    size: Number(entry.size),
    sha256: sha256FromProto(entry.digests.find((digest) => digest.algorithm === 'sha256')),
  }))
  return {
    orders,
    files,
    signal,
    file: (path) => files.find((one) => one.path === path) ?? notThere(path, versionId, files),
    read: (file, after) => {
      const bytes = readFile(connection, { ...file, versionId, retry, signal, ...(after && { after }) })
      const report = (message: string): Promise<unknown> =>
        catalogConnection.deployments.reportFault({ deploymentId, path: file.path, message }, { signal })
      return tellFaults(bytes, report)
    },
    close: () => connection.close(),
  }
}

function notThere(path: string, versionId: string, files: readonly OrderedFile[]): never {
  const found = files.map((file) => file.path).join(', ')
  throw new DomainError('FILE_NOT_FOUND', `${versionId} has no file ${path}; it has ${found || 'none'}`, {
    path,
    version_id: versionId,
  })
}
