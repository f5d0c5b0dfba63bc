import { describe, expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { createLogger } from './logger.js'

/** What a log writes of one fault. */
function told(err: unknown): { text: string; fields: Record<string, unknown> } {
  let text = ''
  const log = createLogger('test', 'info', { write: (line) => (text += line) })
  log.error({ err }, 'it failed')
  return { text, fields: (JSON.parse(text) as { err: Record<string, unknown> }).err }
}

describe('a logged fault', () => {
  test('says what it is, with its code, and drops what a driver has hung on it', () => {
    const client = { connectionParameters: { password: 'hunter2' } }
    const { text, fields } = told(
      Object.assign(new TypeError('the connection was lost'), { code: '57P01', client, severity: 'FATAL' }),
    )
    expect(Object.keys(fields).sort()).toEqual(['code', 'message', 'stack', 'type'])
    expect(fields).toMatchObject({ type: 'TypeError', message: 'the connection was lost', code: '57P01' })
    expect(text).not.toContain('hunter2')
  })

  test('keeps the reason of a domain error, and its cause within the stack', () => {
    const cause = new Error('connect ECONNREFUSED')
    const { fields } = told(new DomainError('UNAVAILABLE', 'try again', { subject: 'x' }, { cause }))
    expect(fields).toMatchObject({ type: 'DomainError', reason: 'UNAVAILABLE' })
    expect(fields['stack']).toContain('connect ECONNREFUSED')
    expect(fields).not.toHaveProperty('metadata')
  })

  test('may be no error at all', () => {
    expect(told('just words').fields).toEqual({ type: 'string', message: 'just words' })
  })
})
