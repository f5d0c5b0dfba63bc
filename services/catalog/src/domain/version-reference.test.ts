import { describe, expect, test } from '@jest/globals'
import { parseVersionReference } from './version-reference.js'

describe('version references', () => {
  test.each([
    ['win11-lab@13', { by: 'number', imageId: 'win11-lab', number: 13 }],
    ['win11-lab@primary', { by: 'primary', imageId: 'win11-lab' }],
    ['win11-lab@latest', { by: 'latest', imageId: 'win11-lab' }],
    ['win11-lab@20261122T1815', { by: 'prefix', imageId: 'win11-lab', prefix: '20261122T1815' }],
    ['win11-lab@20261122', { by: 'prefix', imageId: 'win11-lab', prefix: '20261122' }],
    ['20261122T181502Z-4k7q', { by: 'id', versionId: '20261122T181502Z-4k7q' }],
    ['20261122T18', { by: 'prefix', prefix: '20261122T18' }],
  ])('%s is understood', (text, reference) => {
    expect(parseVersionReference(text)).toEqual(reference)
  })

  test.each(['', 'win11-lab', 'win11-lab@', 'win11-lab@newest', 'a/b@1', '@13', 'win11-lab@0', "20'; --"])(
    '%j is refused',
    (text) => {
      expect(() => parseVersionReference(text)).toThrow(expect.objectContaining({ reason: 'INVALID_FIELD' }))
    },
  )
})
