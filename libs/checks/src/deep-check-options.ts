import type { Finding } from '@goldkeep/domain'

/** How far a deep examination is. */
export interface CheckProgress {
  readonly check: string
  readonly path: string
  /** Of this file by this check, so far. */
  readonly bytes: number
}

/** The largest chunk of the format, 1 GiB, makes wimlib-imagex reserve 2.04 GiB. */
export const defaultWimMemoryBytes = 3 * 1024 ** 3

export interface DeepCheckOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: CheckProgress) => void
  /** What the quick checks found: a file that failed them is not given to wimlib-imagex. */
  readonly quick?: readonly Finding[]
  /** As in the quick checks. */
  readonly emptyShare?: number
  /** The program that verifies WIM files; `wimlib-imagex` when absent. */
  readonly wimlib?: string
  /** Milliseconds for one run of wimlib-imagex; 4 hours when absent. */
  readonly wimTimeoutMs?: number
  /** Bytes of memory that wimlib-imagex may reserve; 3 GiB when absent. */
  readonly wimMemoryBytes?: number
}
