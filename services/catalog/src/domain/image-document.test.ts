import { parseImageDocument } from '@goldkeep/volume'
import { expect, test } from '@jest/globals'
import { formatImageDocument } from './image-document.js'

const versionId = '20261122T181502Z-4k7q'
const time = new Date('2026-11-22T18:15:02Z')

test('image.json says all that a rebuild must know', () => {
  const bytes = formatImageDocument({
    house: { houseId: 'hse-0123456789abcdef', epoch: 3 },
    image: {
      imageId: 'win11-lab',
      uid: 'uid-0123456789abcdefghij',
      generation: 7,
      description: 'the lab',
      labels: { room: '12' },
      enabled: true,
      environment: 'winpe',
      type: 'file',
      visible: true,
      legacyName: null,
      policy: {},
      retention: null,
      nextNumber: 2,
      createdAt: time,
      deletedAt: null,
      primaryVersionId: versionId,
    },
    profiles: [],
    history: [
      {
        kind: 'PROMOTE',
        fromVersionId: null,
        toVersionId: versionId,
        actor: { kind: 'user', name: 'admin', tokenId: 'tok-secret' },
        reason: 'first',
        forced: false,
        changedAt: time,
      },
    ],
    versions: [
      {
        versionId,
        number: 1,
        lifecycle: 'SEALED',
        note: 'with drivers',
        labels: {},
        mark: 'GOOD',
        markReason: 'seen working',
        protected: true,
        holdUntil: null,
        verdict: 'VALID',
        verdictAt: time,
        adopted: false,
        testOutcome: null,
        manifestDigest: 'ab'.repeat(32),
        sealedAt: time,
      },
    ],
  })
  expect(parseImageDocument(bytes)).toMatchObject({
    format: 1,
    house: 'hse-0123456789abcdef',
    image: 'win11-lab',
    epoch: 3,
    generation: 7,
    primary: versionId,
    primary_history: [
      { kind: 'PROMOTE', from: null, to: versionId, actor: { kind: 'user', name: 'admin' }, reason: 'first' },
    ],
    versions: [{ version: versionId, number: 1, mark: 'GOOD', protected: true, verdict: 'VALID' }],
  })
  expect(bytes.toString()).not.toContain('tok-secret')
})
