/** How far a deep examination is. */
export interface CheckProgress {
  readonly check: string
  readonly path: string
  /** Of this file by this check, so far. */
  readonly bytes: number
}

export interface DeepCheckOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: CheckProgress) => void
  /** Milliseconds for one run of wimlib-imagex; 4 hours when absent. */
  readonly wimTimeoutMs?: number
}
