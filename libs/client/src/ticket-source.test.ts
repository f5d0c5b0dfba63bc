import { expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { createTicketSource, type StorageAccess } from './ticket-source.js'

const access = (token: string, expiresIn = 900): StorageAccess => ({ address: 'a:1', token, expiresIn })

function issuing(...answers: (StorageAccess | Error)[]) {
  const issue = () => {
    const next = answers.shift() ?? new Error('asked too often')
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
  }
  return { issue, left: () => answers.length }
}

test('a ticket is used until a minute before it expires, by this machine’s own seconds', async () => {
  let now = 0
  const { issue } = issuing(access('second'))
  const tickets = createTicketSource(issue, access('first'), () => now)
  expect((await tickets.current()).token).toBe('first')
  now = 839_000
  expect((await tickets.current()).token).toBe('first')
  now = 841_000
  expect((await tickets.current()).token).toBe('second')
})

test('while the catalog is away a ticket that still lives is good enough', async () => {
  let now = 0
  const away = new DomainError('UNAVAILABLE', 'away')
  const { issue } = issuing(away, away)
  const tickets = createTicketSource(issue, access('first'), () => now)
  now = 880_000
  expect((await tickets.current()).token).toBe('first')
  now = 901_000
  await expect(tickets.current()).rejects.toThrow('away')
})

test('two who need a ticket at once ask once', async () => {
  const { issue } = issuing(access('only'))
  const tickets = createTicketSource(issue)
  const both = await Promise.all([tickets.current(), tickets.current()])
  expect(both.map(({ token }) => token)).toEqual(['only', 'only'])
})
