import { describe, expect, test } from '@jest/globals'
import { toDatabaseFault } from './database-faults.js'

describe('what a caller is told', () => {
  const told = (message: string, code = ''): unknown =>
    toDatabaseFault(Object.assign(new Error(message), { code }), true)

  test.each([
    ['when every connection is in use', 'timeout exceeded when trying to connect', '', /became free in time/],
    ['of a statement that took too long', 'canceling statement', '57014', /statement that took too long/],
    ['of a lock that another call held', 'canceling statement', '55P03', /waiting for a lock/],
    ['of a deadlock', 'deadlock detected', '40P01', /in the way/],
  ])('%s is that, and not that the database is away', (_what, message, code, sentence) => {
    expect(told(message, code)).toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringMatching(sentence),
    })
  })

  test.each([
    ['a connection that is lost', 'Connection terminated unexpectedly', ''],
    ['a database that is not there', 'connect ECONNREFUSED', 'ECONNREFUSED'],
    ['a database that stops', 'terminating connection', '57P01'],
  ])('of %s is that the change may have been made', (_what, message, code) => {
    expect(told(message, code)).toMatchObject({
      reason: 'UNAVAILABLE',
      message: 'the database cannot be reached now, and the change may or may not have been made',
    })
  })

  test('of another error is the error itself', () => {
    const error = new Error('a fault')
    expect(toDatabaseFault(error)).toBe(error)
  })
})
