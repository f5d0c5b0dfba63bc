import { expect, test } from '@jest/globals'
import { parseSums } from './seal-files.js'

const digest = 'a'.repeat(64)

test('a list is read as sha256sum prints it, in both modes', () => {
  const text = `${digest}  hd0/part1.winpe.wim\n${digest.toUpperCase()} *./hd0/part3.winpe.wim\r\n${digest}  schema\n`
  expect(parseSums(text, 'sums')).toEqual([
    { path: 'hd0/part1.winpe.wim', sha256: digest },
    { path: 'hd0/part3.winpe.wim', sha256: digest },
  ])
})

test('a line that is none is named by its number', () => {
  expect(() => parseSums(`${digest}  a\nhello`, 'sums.txt')).toThrow('sums.txt, line 2: expected')
})
