import { fileURLToPath } from 'node:url'

/** The jest settings of every project: TypeScript sources through swc, as ES modules. */
export default {
  testEnvironment: fileURLToPath(new URL('./jest-environment.mjs', import.meta.url)),
  testEnvironmentOptions: { customExportConditions: ['@goldkeep/source', 'node'] },
  testMatch: ['**/src/**/*.test.ts', '**/test/**/*.test.ts', '**/{e2e,faults}/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Real servers start in these tests, on machines that may be busy.
  testTimeout: 60_000,
}
