import preset from './jest-preset.mjs'

/** All packages in one run: one start of jest, one PostgreSQL, and the slow suites side by side. */
export default {
  rootDir: '..',
  projects: [
    '<rootDir>/libs/*/jest.config.mjs',
    '<rootDir>/services/*/jest.config.mjs',
    '<rootDir>/deploy/all-in-one/jest.config.mjs',
    '<rootDir>/test/jest.config.mjs',
  ],
  globalSetup: './tools/share-postgres.mjs',
  globalTeardown: './tools/stop-shared-postgres.mjs',
  // Jest takes this one from the run, not from the projects.
  testTimeout: preset.testTimeout,
  maxWorkers: 2,
}
