import { beforeAll, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { generateKeyPair } from '@goldkeep/tickets'
import { sql } from 'kysely'
import { expireUploads } from '../src/operations/sweep-uploads.js'
import { schema, useLab, validVersion } from './support/versions.js'

const keyIdOf = (token: string | undefined): string => {
  const [head = ''] = (token ?? '').split('.')
  return (JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }).kid
}

describe('what storage is told to trust', () => {
  const { house, volumeId } = useLab()
  let versionId: string
  const begin = async () => (await house.uploads.begin({ imageId: 'lab', schema })).upload?.versionId ?? ''
  const start = async (serial: string) => {
    const target = { $case: 'machine' as const, value: catalog.Machine.fromPartial({ serial }) }
    const { deployment, ticket } = await house.deployments.start({ imageId: 'lab', target })
    return { deploymentId: deployment?.deploymentId ?? '', keyId: keyIdOf(ticket?.token) }
  }
  const trust = () => house.coordination.getTrust({})
  const revoked = async () => (await trust()).revocations.map(({ subject }) => subject)

  beforeAll(async () => {
    versionId = (await validVersion(house, 'lab', volumeId)).versionId
    await house.images.promote({ imageId: 'lab', versionId })
  })

  test.each([
    ['ABORTED', catalog.Lifecycle.LIFECYCLE_ABORTED],
    ['EXPIRED', catalog.Lifecycle.LIFECYCLE_EXPIRED],
  ])(
    'of an upload that is %s its tickets are revoked, and not before it has ended',
    async (_state, outcome) => {
      const ended = await begin()
      if (outcome === catalog.Lifecycle.LIFECYCLE_ABORTED) await house.uploads.abort({ versionId: ended })
      else {
        await sql`update uploads set expires_at = now() - interval '1 second' where version_id = ${ended}`.execute(
          house.db,
        )
        expect(await expireUploads(house.db, 60_000)).toBe(1)
      }
      expect(await revoked()).not.toContain(ended)
      await house.coordination.recordEnded({ volumeId, versionId: ended, outcome, opSeq: 1n })
      expect(await revoked()).toContain(ended)
    },
  )

  test('of an upload that was sealed they are not, since its client may not have heard of the seal', async () => {
    expect(await revoked()).not.toContain(versionId)
  })

  test('of a deployment that has ended they are', async () => {
    const { deploymentId } = await start('TRUST-1')
    expect(await revoked()).not.toContain(deploymentId)
    await house.deployments.finish({ deploymentId, succeeded: true })
    expect(await revoked()).toContain(deploymentId)
  })

  test('a retired key signs no more, and is trusted until its last ticket has expired', async () => {
    const { keyId: first } = await start('TRUST-2')
    await sql`update signing_keys set retired_at = now()`.execute(house.db)
    const pair = await generateKeyPair()
    await house.db
      .insertInto('signingKeys')
      .values({
        keyId: 'second',
        publicKey: Buffer.from(pair.publicKey),
        privateKey: Buffer.from(pair.privateKey),
        // As it is when the clock was set back: the retired key is the newer one by its time.
        createdAt: sql<Date>`now() - interval '1 hour'`,
      })
      .execute()
    expect((await start('TRUST-3')).keyId).toBe('second')
    const trusted = async () => (await trust()).keys.map(({ keyId }) => keyId)
    expect((await trusted()).sort()).toEqual([first, 'second'].sort())
    await sql`update signing_keys set retired_at = now() - interval '1 hour' where key_id = ${first}`.execute(
      house.db,
    )
    expect(await trusted()).toEqual(['second'])
  })

  test('more revocations than one answer has are told in several, each once', async () => {
    await sql`
      insert into deployments (deployment_id, image_uid, version_id, target_kind, session_id, state, orders, bytes_total,
        started_by, lease_until, limit_at, ended_at)
      select 'dep-many-' || n, images.uid, ${versionId}, 'multicast', 's', 'SUCCEEDED', '{}', 0, '{}', now(), now(), now()
      from images, generate_series(1, 10500) n where images.image_id = 'lab'`.execute(house.db)
    const subjects: string[] = []
    const sizes: number[] = []
    let pageToken = ''
    do {
      const answer = await house.coordination.getTrust({ pageToken })
      subjects.push(...answer.revocations.map(({ subject }) => subject))
      sizes.push(catalog.GetTrustResponse.encode(answer).finish().length)
      pageToken = answer.nextPageToken
    } while (pageToken !== '')
    expect(subjects.filter((subject) => subject.startsWith('dep-many-'))).toHaveLength(10_500)
    expect(new Set(subjects).size).toBe(subjects.length)
    expect(sizes).toHaveLength(2)
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024)
  })
})
