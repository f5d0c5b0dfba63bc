import { DomainError } from '@goldkeep/domain'
import type { catalog } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { bytesOf } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { chunkOf, readWhole, startOf, uploadWhole, WriteStream } from './support/write-stream.js'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.close())
afterEach(() => {
  house.catalog.refuse = undefined
})

const refused = (): Error => new DomainError('VERSION_NOT_FOUND', 'version not found')
const isProgress = (rpc: string, request: unknown): request is catalog.ReportProgressRequest =>
  rpc === 'reportProgress' && request !== undefined

describe('a report of progress', () => {
  test('tells the last words of a producer, clean and cut, whatever they hold', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const stream = new WriteStream(clients, startOf(versionId, part1))
    await stream.until('ready')
    const failure = `exit code 1\nNUL: \u0000, ESC: \u001b[2J ${'ä'.repeat(1_000_000)}`
    stream.send(chunkOf(Buffer.from('abc'), 0), { message: { $case: 'producerFailed', value: { failure } } })
    stream.end()
    const told = await waitUntil(() => toldOf(versionId)?.failure, { what: 'the failure is reported' })
    expect(told).toMatch(/^exit code 1\nNUL: \ufffd, ESC: \ufffd\[2J ä+…$/)
    expect(Buffer.byteLength(told)).toBeLessThanOrEqual(4_096)
  })

  test('goes on for every other item when the catalog refuses one as a whole', async () => {
    const [bad, good] = [newVersion(), newVersion()]
    house.catalog.refuse = (rpc, request) =>
      isProgress(rpc, request) && request.uploads.some(({ versionId }) => versionId === bad)
        ? new DomainError('INVALID_FIELD', 'refused')
        : undefined
    for (const versionId of [bad, good]) {
      const clients = await house.uploader(versionId)
      await clients.uploads.open({ versionId, schema })
      const stream = new WriteStream(clients, startOf(versionId, part1))
      await stream.until('ready')
      stream.send(chunkOf(bytesOf(1_000, versionId), 0))
      stream.end()
    }
    await waitUntil(() => toldOf(good)?.committedSize === 1_000n, { what: 'the good upload is reported' })
    expect(toldOf(bad)).toBeUndefined()
  })

  function toldOf(versionId: string): catalog.UploadFile | undefined {
    const uploads = house.catalog.progress.flatMap((report) => report.uploads)
    return uploads.findLast((upload) => upload.versionId === versionId && upload.files.length > 0)?.files[0]
  }
})

describe('what a deployment has read', () => {
  const deploymentId = 'dep-0123456789abcdef'
  const versionId = newVersion()
  const bytes = bytesOf(1_500_000, 'read')
  beforeAll(async () => {
    await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
  })
  afterEach(() => {
    house.catalog.progress.length = 0
  })

  test('is reported as ranges of each file, again with the next report when one was lost', async () => {
    const reader = await house.reader(versionId, deploymentId)
    let lost = 0
    house.catalog.refuse = (rpc, request) => {
      if (!isProgress(rpc, request) || request.reads.length === 0 || lost > 0) return undefined
      lost += 1
      return new DomainError('UNAVAILABLE', 'away')
    }
    await readWhole(reader, { versionId, path: part1, offset: 0, length: 700_000 })
    await waitUntil(() => lost > 0, { what: 'a report is lost' })
    await readWhole(reader, { versionId, path: part1, offset: 600_000, length: 900_000 })
    await waitUntil(() => bytesOfReads() === 1_500_000, { what: 'every byte is reported' })
  })

  test('counts what the reader holds from a storage service that was ended', async () => {
    await house.restart()
    const reader = await house.reader(versionId, deploymentId)
    await readWhole(reader, { versionId, path: part1, offset: 1_000_000, held: 1_000_000 })
    await waitUntil(() => bytesOfReads() === 1_500_000, { what: 'every byte is reported' })
    await expect(readWhole(reader, { versionId, path: part1, offset: 10, held: 11 })).rejects.toMatchObject({
      reason: 'INVALID_FIELD',
    })
  })

  /** Bytes that the reports name, each once. */
  function bytesOfReads(): number {
    const reads = house.catalog.progress.flatMap((report) => report.reads)
    const ranges = reads.flatMap((read) => read.files).filter(({ path }) => path === part1)
    const named = new Set<number>()
    for (const { start, end } of ranges.flatMap((file) => file.ranges))
      for (let at = Number(start); at < Number(end); at += 500) named.add(Math.floor(at / 500))
    return named.size * 500
  }
})

describe('a seal', () => {
  test('that the catalog refuses is told once, and holds up no other', async () => {
    const [bad, good] = [newVersion(), newVersion()]
    let told = 0
    house.catalog.refuse = (rpc, request) => {
      if (rpc !== 'recordSealed' || (request as catalog.RecordSealedRequest).versionId !== bad)
        return undefined
      told += 1
      return refused()
    }
    const answer = await uploadWhole(await house.uploader(bad), bad, schema, { [part1]: bytesOf(9, 'bad') })
    expect(answer.recorded).toBe(false)
    // Once with its findings, once without.
    expect(told).toBe(2)
    const other = await uploadWhole(await house.uploader(good), good, schema, { [part1]: bytesOf(9, 'good') })
    expect(other.recorded).toBe(true)
    expect(told).toBe(2)
  })

  test('is recorded without its findings when the catalog refuses it with them', async () => {
    const versionId = newVersion()
    house.catalog.refuse = (rpc, request) =>
      rpc === 'recordSealed' && (request as catalog.RecordSealedRequest).findings.length > 0
        ? new DomainError('INVALID_FIELD', 'refused')
        : undefined
    const answer = await uploadWhole(await house.uploader(versionId), versionId, schema, {
      [part1]: bytesOf(9, 'findings'),
    })
    expect(answer.recorded).toBe(true)
    expect(answer.findings.length).toBeGreaterThan(0)
    expect(house.catalog.sealed.get(versionId)?.findings).toEqual([])
  })

  test('at which the catalog fails holds up no other, also of an earlier run, and is recorded once it can be', async () => {
    const [bad, good] = [newVersion(), newVersion()]
    let told = 0
    house.catalog.refuse = (rpc, request) => {
      if (rpc !== 'recordSealed' || (request as catalog.RecordSealedRequest).versionId !== bad)
        return undefined
      told += 1
      return new Error('disk on fire')
    }
    house.catalog.down = true
    for (const versionId of [bad, good]) {
      const clients = await house.uploader(versionId)
      const answer = await uploadWhole(clients, versionId, schema, { [part1]: bytesOf(9, versionId) })
      expect(answer.recorded).toBe(false)
    }
    house.catalog.down = false
    await house.restart()
    await waitUntil(() => house.catalog.sealed.has(good) && told > 1, { what: 'the good seal is recorded' })
    const troubles = () =>
      house.catalog.progress.findLast((report) => report.troubles)?.troubles?.sentences ?? []
    const isTold = () => troubles().some((sentence) => sentence.includes(bad))
    await waitUntil(isTold, { what: 'the seal that is not recorded is a trouble of the volume' })
    expect(troubles().join()).toMatch(/is sealed, and the catalog has not recorded it/)
    house.catalog.refuse = undefined
    await waitUntil(() => house.catalog.sealed.has(bad), { what: 'the other is recorded as well' })
    await waitUntil(() => !isTold(), { what: 'the trouble is over' })
  })
})

describe('a report that is refused because the catalog knows another service for the volume', () => {
  const elsewhere = () => new DomainError('VOLUME_SERVED_ELSEWHERE', 'served elsewhere')

  test('is made again after the volume was announced anew: a database that was put back knows a former one', async () => {
    const before = house.catalog.registrations.length
    house.catalog.refuse = (rpc) =>
      rpc === 'reportProgress' && house.catalog.registrations.length === before ? elsewhere() : undefined
    await waitUntil(() => house.catalog.registrations.length > before, { what: 'the volume is announced' })
    const told = house.catalog.progress.length
    await waitUntil(() => house.catalog.progress.length > told, { what: 'a report is taken' })
  })

  test('ends the service when the announcement is refused as well: it serves a copy', async () => {
    const failed = expect(house.storage.failed).rejects.toMatchObject({ reason: 'VOLUME_SERVED_ELSEWHERE' })
    house.catalog.refuse = (rpc) => (/^(reportProgress|registerVolume)$/.test(rpc) ? elsewhere() : undefined)
    await failed
  })
})

describe('what is on the volume', () => {
  test('is looked at as soon as its seal is recorded, so that a later change is noticed', async () => {
    const versionId = newVersion()
    const files = { [part1]: bytesOf(1_000, versionId) }
    await uploadWhole(await house.uploader(versionId), versionId, schema, files)
    const seen = () => house.catalog.lookedAt.find((look) => look.versionId === versionId)
    const look = await waitUntil(seen, { what: 'the version is looked at' })
    expect(look.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  })

  test('and is not known to the catalog is a trouble until it is known', async () => {
    const toldLast = () =>
      house.catalog.progress.findLast((report) => report.troubles)?.troubles?.sentences ?? []
    house.catalog.unknown.push('20200101T000000Z-zzzz', '20200102T000000Z-zzzz')
    house.catalog.database = { incarnation: 'older', position: 1n }
    await waitUntil(() => toldLast().length > 0, { what: 'it is told' })
    expect(toldLast()).toEqual([
      expect.stringMatching(/^the catalog does not know 2 versions or uploads of this/),
    ])
    house.catalog.unknown.splice(0)
    house.catalog.database = { incarnation: 'right', position: 1n }
    await waitUntil(() => toldLast().length === 0, { what: 'it is over' })
  })
})
