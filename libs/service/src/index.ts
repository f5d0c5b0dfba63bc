export * from './bearer.js'
export * from './config.js'
// A service calls others as every client does; the client library owns how.
export { channelOptions, clientsWithBearer, openChannel } from '@goldkeep/client'
export * from './grpc-server.js'
export * from './health.js'
export * from './logger.js'
export * from './run-service.js'
export * from './shutdown.js'
