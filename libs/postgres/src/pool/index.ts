export { openPool, usualLimits, type ConnectionLimits, type PoolSettings } from './open-pool.js'
export type { PoolLog } from './watch-connections.js'
export { breakConnection } from './connection-stream.js'
