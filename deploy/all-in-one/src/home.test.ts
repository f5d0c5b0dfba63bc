import { afterAll, expect, test } from '@jest/globals'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseHome, openHome, systemHome, writeContext } from './home.js'

const top = mkdtempSync(join(tmpdir(), 'goldkeep-home-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

test('a home that nobody named is in the working directory', () => {
  expect(chooseHome('/srv/goldkeep', () => true)).toBe('/srv/goldkeep/.goldkeep')
})

test("it is in the system's place when the database's user cannot enter the working directory", () => {
  expect(chooseHome('/root/goldkeep', (directory) => !directory.startsWith('/root/'))).toBe(systemHome)
})

test('a home that was ready once is refused when its volume is gone, and gets no empty one', () => {
  const path = join(top, 'home')
  const home = openHome(path)
  // A start that did not get so far as to make the volume is no loss.
  expect(openHome(path)).toEqual(home)
  writeFileSync(join(home.volume, 'volume.json'), '{}')
  writeContext(home, '127.0.0.1:7460')
  expect(openHome(path)).toEqual(home)
  renameSync(home.volume, join(top, 'elsewhere'))
  expect(() => openHome(path)).toThrow(`expected this house's volume in ${home.volume}`)
  expect(existsSync(home.volume)).toBe(false)
  renameSync(join(top, 'elsewhere'), home.volume)
  expect(openHome(path)).toEqual(home)
})
