export * from './errors.js'
export * from './words.js'
export * as catalog from './catalog.js'
export * as storage from './storage.js'
