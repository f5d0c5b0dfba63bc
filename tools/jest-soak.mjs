import preset from './jest-preset.mjs'

/** What goes on for as long as one likes: `npm run soak`. */
export default {
  ...preset,
  rootDir: '../test',
  testMatch: ['**/soak/*.soak.ts'],
  testTimeout: 2_147_483_647,
  // When a law is broken, clients whose storage is gone would keep the process for a minute.
  forceExit: true,
}
