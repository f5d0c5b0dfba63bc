export * from './decide-verdict.js'
export * from './file-kinds.js'
export * from './run-checks.js'
export * from './subject.js'
