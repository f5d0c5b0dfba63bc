export * from './generated/goldkeep/storage/v1/uploads.js'
export * from './generated/goldkeep/storage/v1/versions.js'
export type { ServerStreamingMethodResult } from './generated/goldkeep/storage/v1/uploads.js'
