import { beforeAll, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { sql } from 'kysely'
import { takeProgress } from '../src/rpc/take-progress.js'
import { isAnyWaiting } from './support/test-database.js'
import { schema, useLab, validVersion } from './support/versions.js'

describe('a large report of progress', () => {
  const { house, volumeId } = useLab()
  const fileCount = 4_000
  const paths = Array.from({ length: fileCount }, (_, n) => `hd0/part${n}.wim`)

  beforeAll(async () => {
    await sql`create table statements (target text)`.execute(house.db)
    await sql`create function note_statement() returns trigger language plpgsql as $$
      begin insert into statements values (tg_table_name); return null; end $$`.execute(house.db)
    for (const table of ['deployment_reads', 'upload_files'])
      await sql`create trigger noted after insert on ${sql.table(table)}
        for each statement execute function note_statement()`.execute(house.db)
    const { versionId } = await validVersion(house, 'lab', volumeId)
    await house.images.promote({ imageId: 'lab', versionId })
  })

  const statementsOn = async (table: string): Promise<number> => {
    const { rows } = await sql`select from statements where target = ${table}`.execute(house.db)
    return rows.length
  }
  const start = async (serial: string): Promise<string> => {
    const target = { $case: 'machine' as const, value: catalog.Machine.fromPartial({ serial }) }
    const { deployment } = await house.deployments.start({ imageId: 'lab', target })
    return deployment?.deploymentId ?? ''
  }

  test('takes all files of one read in one statement, also one that is there twice', async () => {
    const deploymentId = await start('MANY')
    const files = paths.map((path) => ({ path, ranges: [{ start: 0n, end: 10n }] }))
    files.push({ path: paths[0] ?? '', ranges: [{ start: 5n, end: 15n }] })
    await house.coordination.reportProgress({ volumeId, reads: [{ deploymentId, files }] })
    expect(await house.deployments.get({ deploymentId })).toMatchObject({ bytesRead: 40_005n })
    expect(await statementsOn('deployment_reads')).toBe(1)
  })

  test('takes all files of one upload in one statement, and of one that is there twice the last', async () => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const versionId = upload?.versionId ?? ''
    const fileOf = (path: string, committedSize: bigint) =>
      catalog.UploadFile.fromPartial({ path, committedSize })
    const files = [...paths.map((path) => fileOf(path, 1n)), fileOf(paths[0] ?? '', 2n)]
    await house.coordination.reportProgress({ volumeId, uploads: [{ versionId, files }] })
    const { files: kept } = await house.uploads.get({ versionId })
    expect(kept).toHaveLength(fileCount)
    expect(kept.find(({ path }) => path === paths[0])).toMatchObject({ committedSize: 2n })
    expect(await statementsOn('upload_files')).toBe(1)
  })

  test('takes no further item once its caller has gone', async () => {
    const [first, second] = [await start('FIRST'), await start('SECOND')]
    const files = [{ path: paths[0] ?? '', ranges: [{ start: 0n, end: 10n }] }]
    const reads = [first, second].map((deploymentId) => ({ deploymentId, files }))
    const report = catalog.ReportProgressRequest.fromPartial({ volumeId, reads })
    const call = new AbortController()
    const taking = await house.db.transaction().execute(async (trx) => {
      await trx
        .selectFrom('deployments')
        .select('state')
        .where('deploymentId', '=', first)
        .forUpdate()
        .execute()
      const taken = takeProgress(house.db, report, reportTimes, call.signal).then(
        () => 'taken whole',
        (error: unknown) => error,
      )
      await waitUntil(() => isAnyWaiting(house.db), { what: 'the report waits for the first deployment' })
      call.abort()
      return { taken }
    })
    expect(await taking.taken).toBe(call.signal.reason)
    expect(await house.deployments.get({ deploymentId: first })).toMatchObject({ bytesRead: 10n })
    expect(await house.deployments.get({ deploymentId: second })).toMatchObject({ bytesRead: 0n })
  })
})

const reportTimes = {
  claimLeaseMs: 30_000,
  uploadExpiryMs: 86_400_000,
  deploymentLeaseMs: 14_400_000,
  deploymentLimitMs: 604_800_000,
  ticketLifetimeMs: 900_000,
  volumeSilenceMs: 60_000,
  validationTries: 12,
}
