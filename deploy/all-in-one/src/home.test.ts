import { expect, test } from '@jest/globals'
import { chooseHome, systemHome } from './home.js'

test('a home that nobody named is in the working directory', () => {
  expect(chooseHome('/srv/goldkeep', () => true)).toBe('/srv/goldkeep/.goldkeep')
})

test("it is in the system's place when the database's user cannot enter the working directory", () => {
  expect(chooseHome('/root/goldkeep', (directory) => !directory.startsWith('/root/'))).toBe(systemHome)
})
