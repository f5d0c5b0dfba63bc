import preset from '../jest-preset.mjs'

/** Suites of any package in one run, in the order in which the mutant names them, up to the first failure. */
export default {
  ...preset,
  rootDir: '../..',
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: '<rootDir>/tools/mutants/stop-at-first-failure.mjs',
  testSequencer: '<rootDir>/tools/mutants/suites-in-order.mjs',
}
