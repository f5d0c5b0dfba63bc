export * from './expected-files.js'
export * from './find-problems.js'
export * from './parse-schema.js'
export * from './schema.js'
