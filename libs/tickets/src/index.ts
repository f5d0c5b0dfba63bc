export * from './service-tickets.js'
export * from './tickets.js'
