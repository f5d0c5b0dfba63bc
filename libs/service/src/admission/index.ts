export * from './admit-calls.js'
export * from './places.js'
