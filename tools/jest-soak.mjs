import preset from './jest-preset.mjs'

/** What goes on for as long as one likes: `npm run soak`. */
export default { ...preset, rootDir: '../test', testMatch: ['**/soak/*.soak.ts'], testTimeout: 2_147_483_647 }
