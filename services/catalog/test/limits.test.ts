import { describe, expect, it } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { sql } from 'kysely'
import { reason } from './support/reason.js'
import { manifestOf, registerVolume, schema, useLab, versionOf, wimPath } from './support/versions.js'

describe('texts and numbers of requests', () => {
  const { house } = useLab()

  it('are refused with the field, what was expected and what was found', async () => {
    const create = (fields: object) => house.images.create({ imageId: 'other', ...fields })
    await expect(create({ description: 'ä'.repeat(2_049) })).rejects.toMatchObject({
      message: 'description: expected at most 4096 bytes, found 4098',
    })
    await expect(create({ description: 'a\u0000b' })).rejects.toMatchObject({
      message: 'description: expected text without control characters, found U+0000',
    })
    await expect(create({ labels: { 'a\u0000': 'b' } })).rejects.toMatchObject({
      message: 'labels: expected text without control characters, found U+0000',
    })
    await expect(house.tokens.create({ name: 'n'.repeat(257) })).rejects.toMatchObject({
      message: 'name: expected at most 256 bytes, found 257',
    })
    await expect(house.tokens.create({ name: 'n', expiresIn: -1n })).rejects.toMatchObject({
      message: 'expires_in: expected a number from 0 to 2^53 - 1, found -1',
    })
    await expect(
      house.tokens.create({ name: 'n', role: 'admin', expiresIn: 10n ** 13n }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^expires_in: expected 0 to \d+ seconds/),
    })
    await expect(house.images.list({ pageSize: -1 })).rejects.toMatchObject(reason('INVALID_FIELD'))
  })

  it.each<[string, () => Promise<unknown>]>([
    ['environment', () => house.images.create({ imageId: 'other', environment: 'dos' })],
    ['type', () => house.images.create({ imageId: 'other', type: 'tape' })],
    ['capture.type', () => house.uploads.begin({ imageId: 'lab', schema, capture: { type: 'tape' } })],
    ['reference', () => house.versions.get({ by: { $case: 'reference', value: '@1' } })],
    [
      'multicast.session_id',
      () => house.deployments.start({ imageId: 'lab', target: { $case: 'multicast', value: {} } }),
    ],
  ])('are told by their name in the whole request: %s', async (field, call) => {
    await expect(call()).rejects.toMatchObject({
      metadata: { field },
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    })
  })

  it('that are prose may have lines, and as many bytes as the limit says', async () => {
    const description = `${'d'.repeat(4_000)}\n\t${'ä'.repeat(47)}`
    await house.images.create({ imageId: 'prose', description })
    expect((await house.images.get({ imageId: 'prose' })).description).toBe(description)
  })

  it('that programs and devices say of themselves are cleaned and cut, and stop nothing', async () => {
    const { upload } = await house.uploads.begin({
      imageId: 'lab',
      schema,
      agent: `imager\u0000 ${'9'.repeat(2_000)}`,
      source: { serial: 'S\u0000N\u001b[2J', model: 'm'.repeat(9_000) },
    })
    expect(upload?.agent).toMatch(/^imager\ufffd 9+…$/)
    expect(Buffer.byteLength(upload?.agent ?? '')).toBe(256)
    expect(upload?.source).toMatchObject({ serial: 'S\ufffdN\ufffd[2J' })
  })
})

describe('a report', () => {
  const { house, volumeId } = useLab()
  const begin = async (): Promise<string> => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    return upload?.versionId ?? ''
  }

  it('takes every item that can be taken, and names the others', async () => {
    const [first, second] = [await begin(), await begin()]
    const fileOf = (fields: object) => catalog.UploadFile.fromPartial({ path: wimPath, ...fields })
    const answer = await house.coordination.reportProgress({
      volumeId,
      capacityBytes: 2n ** 63n - 1n,
      freeBytes: -5n,
      uploads: [
        { versionId: first, files: [fileOf({ committedSize: -1n })] },
        { versionId: first, files: [fileOf({ committedSize: 2n ** 63n - 1n })] },
        { versionId: first, files: [fileOf({ digest: { algorithm: 'md5', value: Buffer.from('x') } })] },
        { versionId: second, files: [fileOf({ committedSize: 7n, failure: 'a\u0000b' })] },
      ],
      reads: [
        { deploymentId: 'dep-x', files: [{ path: wimPath, ranges: [{ start: 9n, end: 1n }] }] },
        { deploymentId: 'dep-y' },
      ],
    })
    const subjects = answer.refused.map(({ subjectId }) => subjectId).filter((id) => id !== volumeId)
    expect(subjects).toEqual([first, first, first])
    expect(answer.endedDeploymentIds).toEqual([])
    const { files } = await house.uploads.get({ versionId: second })
    expect(files).toMatchObject([{ committedSize: 7n, failure: 'a\ufffdb' }])
  })

  it('has at most a thousand reads, and names those that go beyond what an item may have', async () => {
    const deploymentId = 'dep-x'
    const reads = Array.from({ length: 1_001 }, () => ({ deploymentId }))
    await expect(house.coordination.reportProgress({ volumeId, reads })).rejects.toMatchObject({
      message: 'reads: expected at most 1000 entries, found 1001',
    })
    const files = Array.from({ length: 4_097 }, (_, n) => ({ path: `hd0/${n}` }))
    const ranges = Array.from({ length: 10_001 }, (_, n) => ({ start: BigInt(n), end: BigInt(n + 1) }))
    const { refused } = await house.coordination.reportProgress({
      volumeId,
      reads: [
        { deploymentId: 'many-files', files },
        { deploymentId: 'many-ranges', files: [{ path: wimPath, ranges }] },
        { deploymentId },
      ],
    })
    expect(refused).toEqual([
      { subjectId: 'many-files', reason: 'files: expected at most 4096 entries, found 4097' },
      { subjectId: 'many-ranges', reason: 'files.ranges: expected at most 10000 entries, found 10001' },
    ])
  })

  it('of a seal is recorded whatever becomes of its findings', async () => {
    await sql`alter table findings add constraint no_storms check (message <> 'storm')`.execute(house.db)
    const versionId = await begin()
    const message = { check: 'sizes', verdict: catalog.FindingVerdict.FINDING_VERDICT_PASS }
    const manifest = await manifestOf(house, versionId, volumeId)
    await house.coordination.recordSealed({
      volumeId,
      versionId,
      manifest,
      findings: [
        { ...message, message: 'storm' },
        { ...message, message: `\u0000${'x'.repeat(9_000)}` },
      ],
    })
    expect((await versionOf(house, versionId)).lifecycle).toBe(catalog.Lifecycle.LIFECYCLE_SEALED)
    const { findings } = await house.versions.getChecks({ versionId })
    expect(findings).toMatchObject([{ verdict: catalog.FindingVerdict.FINDING_VERDICT_ERROR }])
    await sql`alter table findings drop constraint no_storms`.execute(house.db)
    expect(await registerVolume(house, volumeId)).toBe(volumeId)
  })
})

describe('a list', () => {
  const { house } = useLab()

  it('is cut into pages that one message can hold, and gives every item once', async () => {
    await sql`insert into images (uid, image_id, description, environment, type)
      select 'uid-' || n, 'many-' || n, repeat('ä', 2000), 'winpe', 'file' from generate_series(1, 600) n`.execute(
      house.db,
    )
    const sizes: number[] = []
    const found = new Set<string>()
    let pageToken = ''
    do {
      const page = await house.images.list({ pageSize: 1_000, pageToken })
      sizes.push(catalog.ListImagesResponse.encode(page).finish().length)
      for (const { imageId } of page.images) found.add(imageId)
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    expect(found.size).toBe(601)
    expect(sizes.length).toBeGreaterThan(2)
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024 + 4_096)
  })

  it('of volumes with thousands of troubles is cut as well, and says how many more there are', async () => {
    const troubles = Array.from({ length: 1_000 }, (_, n) => `${n} ${'ä'.repeat(2_000)}`)
    const volumes = Array.from({ length: 20 }, () => registerVolume(house))
    for (const volumeId of await Promise.all(volumes))
      await house.db.updateTable('volumes').set({ troubles }).where('volumeId', '=', volumeId).execute()
    const found: catalog.Volume[] = []
    const pages: catalog.ListVolumesResponse[] = []
    do {
      const page = await house.volumes.list({ pageToken: pages.at(-1)?.nextPageToken ?? '' })
      pages.push(page)
      found.push(...page.volumes)
    } while (pages.at(-1)?.nextPageToken)
    expect(new Set(found.map(({ volumeId }) => volumeId)).size).toBe(found.length)
    expect(found).toHaveLength(21)
    expect(pages.length).toBeGreaterThan(1)
    for (const page of pages)
      expect(catalog.ListVolumesResponse.encode(page).finish().length).toBeLessThan(1024 * 1024 + 4_096)
    const last = found.find(({ troubles: told }) => told.length > 1)?.troubles.at(-1)
    expect(last).toMatch(/^and \d+ more$/)
  })
})
