import eslint from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import { importX } from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'
import { fileLength } from './tools/lint/file-length.mjs'
import { importCircles } from './tools/lint/import-circles.mjs'
import { importDirections, testImportDirections } from './tools/lint/import-directions.mjs'

const tests = [
  '**/*.test.ts',
  'services/*/test/**/*.ts',
  'libs/*/test/**/*.ts',
  'libs/testing/**/*.ts',
  'test/**/*.ts',
]

/** Where the environment comes in; everything else is handed what it needs. */
const environmentReaders = [
  '**/config.ts',
  'services/cli/src/main.ts',
  'services/cli/src/context/**/*.ts',
  'libs/postgres/src/server-environment.ts',
]

const ioModules = {
  group: [
    'node:fs',
    'node:fs/*',
    'node:net',
    'node:http*',
    'node:child_process',
    'pg',
    'kysely',
    'nice-grpc',
    'bullmq',
  ],
  message: 'The domain is rules without I/O, so that it can be read and tested by itself; hand it the data.',
}

/** Node lets the output of a child that ends early run away unread, and its grandchildren outlive it. */
const childModule = {
  paths: [
    {
      name: 'node:child_process',
      message: 'Programs are started by startChild of @goldkeep/client, which loses none of their bytes.',
    },
  ],
}

export default tseslint.config(
  { ignores: ['**/dist/', '**/generated/', '**/node_modules/', '.nx/', '.goldkeep/', 'test-results/'] },
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.{js,mjs}'],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: {
        AbortController: 'readonly',
        Buffer: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        performance: 'readonly',
        globalThis: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.tests.json'], tsconfigRootDir: import.meta.dirname },
    },
    plugins: {
      'import-x': importX,
      goldkeep: { rules: { 'file-length': fileLength, 'import-circles': importCircles } },
    },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          project: ['./tsconfig.tests.json'],
          conditionNames: ['@goldkeep/source', 'import', 'node', 'default'],
        }),
      ],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'goldkeep/import-circles': 'error',
      'import-x/no-restricted-paths': ['error', { zones: importDirections }],
      'goldkeep/file-length': ['warn', { max: 250 }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message:
            'Only config.ts reads the environment, so that a bad value is found before anything is opened; take the setting as a parameter.',
        },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // What was caught is passed on as it came.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      // Functions before classes: objects are made of closures, whose functions need no `this`.
      '@typescript-eslint/unbound-method': 'off',
      // An assertion that changes nothing today may say what a reader should know.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // A union of literals and numbers reads well in a message.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An async function may keep a promise of its interface without waiting for anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['libs/*/src/**/*.ts', 'services/*/src/**/*.ts'],
    // A database server writes to its log file and no pipe.
    ignores: ['libs/client/src/child-process.ts', 'libs/postgres/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', childModule] },
  },
  { files: environmentReaders, rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['libs/domain/src/**/*.ts', 'services/*/src/domain/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [ioModules] }] },
  },
  {
    files: tests,
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: testImportDirections }],
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
    },
  },
)
