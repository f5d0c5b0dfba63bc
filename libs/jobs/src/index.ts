export * from './connect-queues.js'
export * from './queue-names.js'
export * from './queues.js'
