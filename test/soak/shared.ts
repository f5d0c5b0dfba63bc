import type { Ledger } from '../../services/storage/test/support/ledger.js'
import type { Random } from '../../services/storage/test/support/random.js'
import type { RealStorage } from '../../services/storage/test/support/real-storage.js'

export interface SoakCounts {
  kills: number
  /** Processes that were held up, and connections that were cut or stalled. */
  faults: number
  uploads: number
  reads: number
  commands: number
  /** Versions that sha256sum looked at, once for each look. */
  versionsChecked: number
}

/** What those at work share. */
export interface Soak {
  readonly real: RealStorage
  readonly ledger: Ledger
  readonly random: Random
  readonly counts: SoakCounts
  /** The way to the storage service, on which connections are spoilt. */
  readonly address: string
  /** Aborts when it is time to come to an end. */
  readonly over: AbortSignal
}
