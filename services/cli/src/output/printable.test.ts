import { commandLine } from '@goldkeep/domain'
import { expect, test } from '@jest/globals'
import { jsonText, namesOf, printable } from './printable.js'
import { execFileSync } from 'node:child_process'

/** A line that would act on a terminal, turn round, or become two. */
const nasty = 'a\u001b[2Jb\u202ec\u2028d\u2066e\u009bf\rg'
const acting = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

test('nothing that is printed acts on the terminal or changes its order', () => {
  expect(printable(nasty).replaceAll('\n', '')).not.toMatch(acting)
  expect(printable('one\n  two')).toBe('one\n  two')
  expect(namesOf(['hd0/a\nb', nasty, 'plain'])).not.toMatch(acting)
  expect(namesOf(['hd0/a\nb', 'plain'])).toBe('"hd0/a\\nb", plain')
})

test('a document has the same text for a program, and shows it harmlessly', () => {
  const text = jsonText({ note: nasty }, 2)
  expect(text.replaceAll('\n', '')).not.toMatch(acting)
  expect(JSON.parse(text)).toEqual({ note: nasty })
})

test.each([[['a b', "it's", '$HOME', '`x`', '']], [['line\nbreak', 'tab\t', '\u202eturned', "'\\\u001b"]]])(
  'a shell takes the printed command of %j as it was',
  (args) => {
    const line = commandLine('printf', '%s\\0', ...args)
    expect(line).not.toMatch(acting)
    const output = execFileSync('bash', ['-c', line], { encoding: 'utf8' })
    expect(output.split('\0').slice(0, -1)).toEqual(args)
  },
)
