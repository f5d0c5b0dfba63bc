import { expect, test } from '@jest/globals'
import { ProcessFailedError } from '@goldkeep/client'
import { DomainError } from '@goldkeep/domain'
import { checksFailed, usageError } from './cli-error.js'
import { explainError } from './explain-error.js'

const calm = new AbortController().signal

test.each([
  [new DomainError('IMAGE_NOT_FOUND', 'x'), 3],
  [new DomainError('UNAUTHENTICATED', 'x'), 4],
  [new DomainError('PRIMARY_CHANGED', 'x'), 5],
  [new DomainError('UNAVAILABLE', 'x'), 6],
  [new DomainError('DIGEST_MISMATCH', 'x'), 7],
  [new DomainError('NO_SPACE', 'x'), 8],
  [new ProcessFailedError('producer', 'wimcapture', 'signal SIGKILL', 'bad sector'), 9],
  [usageError('x'), 2],
  [checksFailed('x', 'v'), 7],
  [new Error('a bug'), 1],
])('%s ends with exit code %d', (error, exit) => {
  expect(explainError(error, calm).exit).toBe(exit)
})

test('whatever broke off after Ctrl-C, it was an interruption', () => {
  const aborted = AbortSignal.abort()
  expect(explainError(new Error('cancelled'), aborted)).toMatchObject({ reason: 'INTERRUPTED', exit: 130 })
})

test('a dead producer is told with its last words, to programs as well', () => {
  const error = new ProcessFailedError('producer', 'wimcapture', 'exit code 47', 'bad sector')
  expect(explainError(error, calm)).toMatchObject({
    reason: 'PRODUCER_FAILED',
    message: 'the producer wimcapture failed: exit code 47; run it again, and this one file starts anew',
    metadata: { failure: 'exit code 47', last_words: 'bad sector' },
  })
})

test.each([
  ['EEXIST', 'mkdir', 'cannot use a/hd0: something else is there already'],
  ['EACCES', 'open', 'cannot use a/hd0: permission denied'],
  ['EROFS', 'mkdir', 'cannot use a/hd0: the file system can only be read'],
  ['ENOENT', 'mkdir', 'cannot make the folder a/hd0'],
  ['ENOENT', 'open', 'there is no file a/hd0'],
])('what the system says by %s of %s is told in plain words', (code, syscall, message) => {
  const error = Object.assign(new Error(`${code}: no words of Node`), { code, syscall, path: 'a/hd0' })
  expect(explainError(error, calm)).toMatchObject({ message })
})
