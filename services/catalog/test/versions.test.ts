import { beforeAll, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { reason } from './support/reason.js'
import { sealVersion, useLab, validate, validVersion, wimPath } from './support/versions.js'

const { Lifecycle, Mark, Presence, Verdict } = catalog

describe('versions', () => {
  const { house, volumeId } = useLab()
  const ids: string[] = []

  beforeAll(async () => {
    for (let count = 0; count < 3; count += 1)
      ids.push((await validVersion(house, 'lab', volumeId)).versionId)
  })

  const byReference = (value: string) => house.versions.get({ by: { $case: 'reference', value } })

  test('are found by number, word, id and the beginning of an id', async () => {
    const [first = '', second = '', third = ''] = ids
    expect((await byReference('lab@2')).versionId).toBe(second)
    expect((await byReference('LAB@latest')).versionId).toBe(third)
    expect((await byReference(first)).versionId).toBe(first)
    expect((await byReference(third.slice(0, -1))).versionId).toBe(third)
    await expect(byReference('lab@primary')).rejects.toEqual(reason('NO_PRIMARY'))
    await expect(byReference('lab@9')).rejects.toEqual(reason('VERSION_NOT_FOUND'))
    await expect(byReference('1999')).rejects.toEqual(reason('VERSION_NOT_FOUND'))
    await expect(byReference('20')).rejects.toEqual(reason('INVALID_FIELD'))
  })

  test('an ambiguous beginning names what it could be', async () => {
    const refusal = await byReference((ids[0] ?? '').slice(0, 6)).catch((error: unknown) => error)
    expect(refusal).toEqual(reason('AMBIGUOUS_REFERENCE'))
    for (const id of ids) expect(refusal).toHaveProperty('metadata.candidates', expect.stringContaining(id))
  })

  test('show their files and state; lists leave the files out', async () => {
    const version = await byReference('lab@1')
    expect(version).toMatchObject({
      lifecycle: Lifecycle.LIFECYCLE_SEALED,
      verdict: Verdict.VERDICT_VALID,
      presence: Presence.PRESENCE_PRESENT,
      fileCount: 1,
      isPrimary: false,
      warningCount: 0,
      locations: [{ volumeId, presence: Presence.PRESENCE_PRESENT }],
    })
    expect(version.files.map((file) => file.path)).toEqual(['schema', wimPath])
    expect(version.locations[0]?.lastChecked).toBeInstanceOf(Date)
    const { versions } = await house.versions.list({ filter: { imageId: 'lab' } })
    expect(versions.map((one) => one.number)).toEqual([3, 2, 1])
    expect(versions[0]?.files).toEqual([])
  })

  test('are listed page by page and by state', async () => {
    const first = await house.versions.list({ filter: { imageId: 'lab' }, pageSize: 2 })
    const { nextPageToken: pageToken } = first
    const second = await house.versions.list({ filter: { imageId: 'lab' }, pageSize: 2, pageToken })
    expect([...first.versions, ...second.versions].map((one) => one.number)).toEqual([3, 2, 1])
    expect(second.nextPageToken).toBe('')
    const invalid = { imageId: 'lab', verdicts: [Verdict.VERDICT_INVALID] }
    expect((await house.versions.list({ filter: invalid })).versions).toEqual([])
  })

  test('are not listed all when a state is asked for that is not known here', async () => {
    for (const state of [0, 99]) {
      const lifecycles = house.versions.list({ filter: { imageId: 'lab', lifecycles: [state] } })
      await expect(lifecycles).rejects.toMatchObject({
        reason: 'INVALID_FIELD',
        metadata: { field: 'filter.lifecycles' },
      })
      const verdicts = house.versions.list({ filter: { imageId: 'lab', verdicts: [state] } })
      await expect(verdicts).rejects.toMatchObject({ metadata: { field: 'filter.verdicts' } })
    }
  })

  test('a mark is kept with its reason; an old etag is refused', async () => {
    const [versionId = ''] = ids
    const { etag } = await byReference('lab@1')
    const marked = await house.versions.mark({
      versionId,
      mark: Mark.MARK_GOOD,
      reason: 'a year in use',
      etag,
    })
    expect(marked).toMatchObject({ mark: Mark.MARK_GOOD, markReason: 'a year in use' })
    const late = house.versions.mark({ versionId, mark: Mark.MARK_BAD, etag })
    await expect(late).rejects.toEqual(reason('ETAG_MISMATCH'))
    expect(await house.versions.mark({ versionId })).toMatchObject({
      mark: Mark.MARK_UNSPECIFIED,
      markReason: '',
    })
  })

  test('checks are kept with what they found, and how far a validation is', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    expect(await house.versions.getChecks({ versionId })).toMatchObject({ progress: 'waiting', findings: [] })
    await validate(house, versionId, { 'wim-content': 'FAIL' })
    const checks = await house.versions.getChecks({ versionId })
    expect(checks).toMatchObject({ verdict: Verdict.VERDICT_INVALID, progress: '' })
    const failed = checks.findings.filter(
      (one) => one.verdict === catalog.FindingVerdict.FINDING_VERDICT_FAIL,
    )
    expect(failed.map((one) => [one.check, one.path])).toEqual([['wim-content', wimPath]])
  })

  test('a revalidation sets the verdict back and checks again', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    const version = await house.versions.revalidate({ versionId })
    expect(version).toMatchObject({ verdict: Verdict.VERDICT_PENDING, verdictTime: undefined })
    expect(await validate(house, versionId)).toBe(Verdict.VERDICT_VALID)
  })
})
