import { describe, expect, test } from '@jest/globals'
import { reasons } from '@goldkeep/domain'
import { catalog, statusOfKind } from './index.js'

describe('reasons', () => {
  const declared = Object.keys(catalog.Reason).filter(
    (name) => Number.isNaN(Number(name)) && !['REASON_UNSPECIFIED', 'UNRECOGNIZED'].includes(name),
  )

  test('the contract and the domain name the same reasons', () => {
    expect(declared.sort()).toEqual(Object.keys(reasons).sort())
  })

  test('every reason has a gRPC status', () => {
    for (const { kind } of Object.values(reasons)) expect(statusOfKind[kind]).toBeGreaterThan(0)
  })
})
