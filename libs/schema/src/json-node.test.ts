import { expect, jest, test } from '@jest/globals'
import { membersOf, readJson } from './json-node.js'

test('the members of an object are found in one pass over its keys, whatever their case', () => {
  let passes = 0
  const keys = {
    NAME: 'first',
    name: 'last',
    ...Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, n])),
  }
  const value = new Proxy(keys, { ownKeys: (target) => ((passes += 1), Reflect.ownKeys(target)) })
  const member = membersOf({ place: 'harddrives[0]', value })
  expect(member('name')).toEqual({ place: 'harddrives[0].name', value: 'last' })
  for (let n = 0; n < 50; n += 1) expect(member(`k${n}`).value).toBe(n)
  expect(member('__proto__').value).toBeUndefined()
  expect(passes).toBe(1)
})

test('keys that are repeated behind a long text are placed without going over it once for each', () => {
  const repeated = Array.from({ length: 60 }, () => '"k":1').join(',')
  const text = `{"long":"${'x'.repeat(20_000)}",${repeated}}`
  const looks = jest.spyOn(String.prototype, 'charCodeAt')
  const slices = jest.spyOn(String.prototype, 'slice')
  try {
    expect(readJson(Buffer.from(text)).repeatedKeys).toHaveLength(20)
    expect(looks.mock.calls.length).toBeLessThan(4 * text.length)
    const sliced = slices.mock.results.reduce((sum, { value }) => sum + String(value).length, 0)
    expect(sliced).toBeLessThan(4 * text.length)
  } finally {
    jest.restoreAllMocks()
  }
})
