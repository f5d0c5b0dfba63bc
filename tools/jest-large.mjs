import preset from './jest-preset.mjs'

/** What takes too long, and too much room, for every day: `npm run test:large`. */
export default { ...preset, rootDir: '../test', testMatch: ['**/large/*.large.ts'], testTimeout: 3_600_000 }
