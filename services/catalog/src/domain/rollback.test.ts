import { describe, expect, test } from '@jest/globals'
import { formerPrimaries, type PointerMove } from './rollback.js'

const promote = (to: string): PointerMove => ({ kind: 'PROMOTE', to })
const rollback = (to: string): PointerMove => ({ kind: 'ROLLBACK', to })

describe('former primaries', () => {
  test('nothing comes before the first primary', () => {
    expect(formerPrimaries([promote('a')], 'a')).toEqual([])
  })

  test('the latest comes first', () => {
    expect(formerPrimaries([promote('a'), promote('b'), promote('c')], 'c')).toEqual(['b', 'a'])
  })

  test('a second rollback goes one further back, never to the one just left', () => {
    const history = [promote('a'), promote('b'), promote('c'), rollback('b')]
    expect(formerPrimaries(history, 'b')).toEqual(['a'])
    expect(formerPrimaries([...history, rollback('a')], 'a')).toEqual([])
  })

  test('a version that was promoted again has one place, the latest', () => {
    expect(formerPrimaries([promote('a'), promote('b'), promote('a')], 'a')).toEqual(['b'])
    expect(formerPrimaries([promote('a'), promote('b'), promote('a'), promote('c')], 'c')).toEqual(['a', 'b'])
  })

  test('a promotion after a rollback stands on what was rolled back to', () => {
    expect(formerPrimaries([promote('a'), promote('b'), rollback('a'), promote('c')], 'c')).toEqual(['a'])
  })

  test('a rollback to a version that was left earlier puts it on top', () => {
    const history = [promote('a'), promote('b'), rollback('a'), rollback('b')]
    expect(formerPrimaries(history, 'b')).toEqual(['a'])
  })

  test('a version that was cleared is not gone back to', () => {
    expect(formerPrimaries([promote('a'), promote('b'), { kind: 'CLEAR', to: null }], null)).toEqual(['a'])
  })
})
