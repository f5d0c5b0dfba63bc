import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { catalog, findingFromProto } from '@goldkeep/contracts'
import { DomainError, newVolumeId } from '@goldkeep/domain'
import { captureWim, makeWindowsTree, temporaryDirectory, waitUntil, winpeSchema } from '@goldkeep/testing'
import { addLongVersion } from './make-volume.js'
import { openWorkerBench, type WorkerBench } from './worker-bench.js'

const wim = 'hd0/part1.winpe.wim'
const schema = winpeSchema({ partitions: [{ number: 1, usedMiB: 1 }] })
let bench: WorkerBench
let captured: Buffer

beforeAll(async () => {
  bench = await openWorkerBench()
  const scratch = await temporaryDirectory('capture')
  await makeWindowsTree(`${scratch.path}/tree`, { seed: 1, bytes: 500_000 })
  captured = await readFile(await captureWim(`${scratch.path}/tree`, `${scratch.path}/captured.wim`))
  await scratch.remove()
  await bench.start()
})
afterAll(() => bench.stop())

async function complaintsOf(work: Parameters<WorkerBench['give']>[1]): Promise<string[]> {
  const { findings } = await bench.report(await bench.give('validate', work), 'reportFindings')
  return findings
    .map(findingFromProto)
    .filter(({ verdict }) => verdict !== 'PASS')
    .map(({ check, verdict, path = 'version' }) => `${check} ${verdict} ${path}`)
}

describe('a validation', () => {
  test('of a good version reports every check, under the token of its claim', async () => {
    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    const report = await bench.report(await bench.give('validate', work), 'reportFindings')
    expect(report.versionId).toBe(work.value.versionId)
    expect(report.claimToken).toBe(`token-${bench.catalog.claims.length}`)
    expect(report.findings.map(({ check, path }) => `${check} ${path}`.trim())).toEqual([
      'schema-sound schema',
      'files-match-schema',
      'sizes',
      `wim-structure ${wim}`,
      `wim-metadata ${wim}`,
      'digests schema',
      `digests ${wim}`,
      `wim-content ${wim}`,
    ])
    expect(bench.catalog.claims.at(-1)).toMatchObject({
      workerId: expect.stringMatching(new RegExp(`:${process.pid}$`)),
      capabilities: ['wimlib', expect.stringMatching(/^volume:vol-/)],
    })
  })

  test('of bytes that were damaged before the upload fails by their content', async () => {
    const damaged = Buffer.from(captured)
    damaged.writeUInt8(damaged.readUInt8(damaged.length >> 1) ^ 1, damaged.length >> 1)
    const { work } = await bench.volume.addVersion(schema, { [wim]: damaged })
    expect(await complaintsOf(work)).toEqual([`wim-content FAIL ${wim}`])
  })

  test('of bytes that were damaged on disk fails by their digest', async () => {
    const version = await bench.volume.addVersion(schema, { [wim]: captured, guid: Buffer.from('a') })
    await rm(version.at('guid'))
    await writeFile(version.at('guid'), 'b')
    expect(await complaintsOf(version.work)).toEqual(['digests FAIL guid'])
  })

  test('of a manifest that was changed fails, and trusts nothing that it says', async () => {
    const version = await bench.volume.addVersion(schema, { [wim]: captured })
    await writeFile(version.at('version.json'), '{"format":1}')
    expect(await complaintsOf(version.work)).toEqual(['digests FAIL version.json'])
  })
})

describe('what this worker cannot see', () => {
  test('such as a directory is an ERROR, never a FAIL', async () => {
    const version = await bench.volume.addVersion(schema, { [wim]: captured })
    await rename(version.directory, `${version.directory}-away`)
    expect(await complaintsOf(version.work)).toEqual(['digests ERROR version'])
  })

  test('such as the schema is an ERROR, and nothing is judged by another', async () => {
    const version = await bench.volume.addVersion(schema, { [wim]: captured })
    await rm(version.at('schema'))
    expect(await complaintsOf(version.work)).toEqual(['digests ERROR version'])
  })

  test('since another volume is mounted is an ERROR', async () => {
    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    const elsewhere = { ...work, value: { ...work.value, volumeId: newVolumeId() } }
    expect(await complaintsOf(elsewhere)).toEqual(['digests ERROR version'])
  })

  test("of the catalog's own words is given up for good", async () => {
    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    const unreadable = { ...work, value: { ...work.value, imageId: '../x' } }
    const failure = await bench.report(await bench.give('validate', unreadable), 'failJob')
    expect(failure).toMatchObject({ permanent: true, error: expect.stringContaining('image_id') })
  })
})

describe('the claim', () => {
  test('is renewed while the work lasts, and its loss ends the work without a word', async () => {
    const jobId = await bench.give('validate', await addLongVersion(bench.volume))
    await bench.report(jobId, 'renewClaim')
    bench.catalog.faults.renewClaim = [new DomainError('CLAIM_LOST', 'another worker holds the job')]
    await waitUntil(() => bench.catalog.faults.renewClaim?.length === 0, { what: 'the loss is told' })

    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    await bench.report(await bench.give('validate', work), 'reportFindings')
    const words = bench.catalog.reports.filter(
      ({ rpc, request }) => rpc !== 'renewClaim' && request.jobId === jobId,
    )
    expect(words).toEqual([])
  })

  test.each(['DONE', 'HELD', 'INCAPABLE'] as const)(
    'that is refused as %s ends the job quietly',
    async (word) => {
      const jobId = await bench.give('validate', catalog.ClaimRefusal[`CLAIM_REFUSAL_${word}`])
      const asked = (): number => bench.catalog.claims.filter((claim) => claim.jobId === jobId).length
      await waitUntil(() => asked() === 1, { what: 'the claim is asked for' })
      const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
      await bench.report(await bench.give('validate', work), 'reportFindings')
      expect(asked()).toBe(1)
      expect(bench.catalog.reports.filter(({ request }) => request.jobId === jobId)).toEqual([])
    },
  )

  test('is asked for again when the catalog could not answer', async () => {
    bench.catalog.faults.claimJob = [new DomainError('UNAVAILABLE', 'starting')]
    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    await bench.report(await bench.give('validate', work), 'reportFindings')
    expect(bench.catalog.faults.claimJob).toEqual([])
  })

  test('gives the job up when its report is refused, and does not repeat that', async () => {
    bench.catalog.faults.reportFindings = [new DomainError('INVALID_FIELD', 'the report is not understood')]
    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    const failure = await bench.report(await bench.give('validate', work), 'failJob')
    expect(failure).toMatchObject({ permanent: false, error: 'the report is not understood' })
  })

  test('carries a report over a catalog that is away for a moment', async () => {
    const away = new DomainError('UNAVAILABLE', 'restarting')
    bench.catalog.faults.reportFindings = [away, away]
    const { work } = await bench.volume.addVersion(schema, { [wim]: captured })
    expect(await complaintsOf(work)).toEqual([])
    expect(bench.catalog.faults.reportFindings).toEqual([])
  })
})

test('a worker that stops gives its job up for another, within seconds', async () => {
  const own = await openWorkerBench()
  const worker = await own.start()
  const jobId = await own.give('validate', await addLongVersion(own.volume))
  await own.report(jobId, 'renewClaim')
  const before = performance.now()
  await worker.stop()
  expect(performance.now() - before).toBeLessThan(5_000)
  const { permanent, error } = await own.report(jobId, 'failJob')
  expect({ permanent, error }).toEqual({ permanent: false, error: 'the worker is stopping' })
  await own.stop()
})
