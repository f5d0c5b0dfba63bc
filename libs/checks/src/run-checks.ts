import type { Finding } from '@goldkeep/domain'
import type { CheckSubject } from './subject.js'

/** How far a deep examination is. */
export interface CheckProgress {
  readonly check: string
  readonly path: string
  readonly bytes: number
}

export interface DeepCheckOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: CheckProgress) => void
  /** Milliseconds for one run of wimlib-imagex; 4 hours when absent. */
  readonly wimTimeoutMs?: number
}

/** The checks that read little: schema, file list, sizes, WIM headers and metadata. */
export async function runQuickChecks(subject: CheckSubject): Promise<Finding[]> {
  void subject
  return []
}

/** The checks that read every byte: digests, and the content of WIM files through wimlib-imagex. */
export async function runDeepChecks(subject: CheckSubject, options: DeepCheckOptions): Promise<Finding[]> {
  void subject
  void options
  return []
}

/** Whether this machine has wimlib-imagex. */
export async function findWimlib(): Promise<boolean> {
  return false
}
