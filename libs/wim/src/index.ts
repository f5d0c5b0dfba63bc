export * from './random-access.js'
