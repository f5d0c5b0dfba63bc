import type { catalog } from '@goldkeep/contracts'
import type { Logger } from '@goldkeep/service'

/** What a worker needs to take jobs from the catalog and to report on them. */
export interface ClaimDesk {
  readonly coordination: catalog.CoordinationClient
  /** `host:pid`, for people. */
  readonly workerId: string
  /** As of now: a volume may be mounted later. */
  readonly capabilities: () => Promise<readonly string[]>
  readonly log: Logger
}

/** Milliseconds that one call to the catalog may take. */
export const callMs = 15_000

/** A signal that aborts with another one, or when a call has taken too long. */
export const withinCall = (signal?: AbortSignal): AbortSignal =>
  AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(callMs)])
