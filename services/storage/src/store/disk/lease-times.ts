/** How ownership is kept and believed lost. In milliseconds. */
export interface LeaseTimes {
  /** How often the owner renews its lease. */
  readonly heartbeatMs: number
  /** An owner that could not renew for so long gives up. */
  readonly lostAfterMs: number
  /** A lease from another host without a heartbeat for so long may be taken. */
  readonly takeoverAfterMs: number
}

export const defaultLeaseTimes: LeaseTimes = {
  heartbeatMs: 5_000,
  lostAfterMs: 30_000,
  takeoverAfterMs: 60_000,
}
