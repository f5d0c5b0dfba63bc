// One file because every test follows rows of one outbox to one queue.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { newVolumeId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { startTestPostgres, waitUntil, type TestPostgres } from '@goldkeep/testing'
import { sql, type Kysely } from 'kysely'
import { enqueueAgain, ensureJob } from '../src/db/jobs-queries.js'
import type { DB } from '../src/db/tables.js'
import { systemActor } from '../src/domain/actor.js'
import { beginUpload } from '../src/operations/begin-upload.js'
import { claimJob } from '../src/operations/claim-job.js'
import { createImage } from '../src/operations/create-image.js'
import { openHouse } from '../src/operations/open-house.js'
import { registerVolume } from '../src/operations/register-volume.js'
import { relayOutbox, type QueuePort } from '../src/operations/relay-outbox.js'
import { requestUploadEnd } from '../src/operations/request-upload-end.js'
import {
  atomically,
  emptyDatabase,
  isAnyWaiting,
  openTestDatabase,
  sweepOnce,
} from './support/test-database.js'
import { schema } from './support/versions.js'

const times = {
  claimLeaseMs: 30_000,
  uploadExpiryMs: 86_400_000,
  deploymentLeaseMs: 14_400_000,
  deploymentLimitMs: 604_800_000,
  ticketLifetimeMs: 900_000,
  volumeSilenceMs: 60_000,
  validationTries: 12,
}
const capture = {
  environment: 'winpe',
  type: 'file',
  schemaOnly: false,
  skipLvmShrink: false,
  customSchema: false,
} as const

/** A queue that can lose everything. */
function fakeQueue(): QueuePort & { readonly held: Map<string, string>; broken: boolean } {
  const held = new Map<string, string>()
  return {
    held,
    broken: false,
    async enqueue(_, outboxId, { jobId }) {
      if (this.broken) throw new Error('the queue is down')
      held.set(outboxId, jobId)
    },
  }
}

describe('the outbox', () => {
  let postgres: TestPostgres
  let db: Kysely<DB>
  let queue: ReturnType<typeof fakeQueue>

  beforeAll(async () => {
    postgres = await startTestPostgres()
    db = await openTestDatabase(postgres.url)
  })
  afterAll(async () => {
    await db?.destroy()
    await postgres?.stop()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    queue = fakeQueue()
    await openHouse(db, undefined, createLogger('test', 'silent'))
  })

  /** An upload that is to be ended, and so one job. */
  async function wishedEnd(): Promise<string> {
    return atomically(db, async (trx) => {
      const room = {
        capacityBytes: 10 ** 12,
        freeBytes: 10 ** 12,
        epoch: 0,
        houseId: '',
        address: 'a:1',
        troubles: [],
        instanceId: 'a',
      }
      await registerVolume(trx, { volumeId: newVolumeId(), ...room })
      const image = {
        imageId: 'lab',
        description: '',
        labels: {},
        environment: 'winpe',
        type: 'file',
      } as const
      await createImage(trx, image, systemActor)
      const order = {
        imageId: 'lab',
        schema,
        captureFor: () => capture,
        source: undefined,
        agent: '',
        expectedSizes: {},
        onOpen: 'REFUSE',
        labels: {},
        note: '',
      } as const
      const { versionId } = await beginUpload(trx, order, systemActor, times)
      await requestUploadEnd(trx, versionId, 'ABORTED', systemActor, '')
      return versionId
    })
  }
  const jobIds = async () => (await db.selectFrom('jobs').select('jobId').execute()).map((row) => row.jobId)
  const queued = () => [...queue.held.values()]
  const sweepNow = () => sweepOnce(db, { requeueAfterMs: 0 })

  test('is written in the transaction of the change, or not at all', async () => {
    const failing = atomically(db, async (trx) => {
      await ensureJob(trx, 'validate', 'v-1')
      throw new Error('something else went wrong')
    })
    await expect(failing).rejects.toThrow('something else went wrong')
    expect(await relayOutbox(db, queue)).toBe(0)
    expect(await jobIds()).toEqual([])
  })

  test('is told to the queue once', async () => {
    await wishedEnd()
    expect(await relayOutbox(db, queue)).toBe(1)
    expect(await relayOutbox(db, queue)).toBe(0)
    expect(queued()).toEqual(await jobIds())
  })

  test('keeps what a queue that is down did not take', async () => {
    await wishedEnd()
    queue.broken = true
    await expect(relayOutbox(db, queue)).rejects.toThrow('the queue is down')
    queue.broken = false
    expect(await relayOutbox(db, queue)).toBe(1)
  })

  test('is relayed by several catalogs without telling anything twice', async () => {
    await atomically(db, async (trx) => {
      for (let index = 0; index < 120; index += 1) await ensureJob(trx, 'validate', `v-${index}`)
    })
    const relayAll = async () => {
      let total = 0
      for (let count = -1; count !== 0; total += count) count = await relayOutbox(db, queue)
      return total
    }
    const totals = await Promise.all([relayAll(), relayAll(), relayAll()])
    expect(totals.reduce((sum, one) => sum + one, 0)).toBe(120)
    expect(queue.held.size).toBe(120)
  })

  test('that one catalog is telling to the queue is left to it by the others', async () => {
    await wishedEnd()
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => (goOn = resolve))
    let tellBegun = (): void => {}
    const begun = new Promise<void>((resolve) => (tellBegun = resolve))
    const first = relayOutbox(db, {
      enqueue: (...row) => {
        tellBegun()
        return held.then(() => queue.enqueue(...row))
      },
    })
    await begun
    const second = await relayOutbox(db, queue).finally(goOn)
    expect([await first, second]).toEqual([1, 0])
  })

  test('of a job that is to wait is told when its time has come', async () => {
    await atomically(db, (trx) => ensureJob(trx, 'validate', 'v-1'))
    await relayOutbox(db, queue)
    const [jobId = ''] = await jobIds()
    await atomically(db, (trx) => enqueueAgain(trx, { jobId, kind: 'validate' }, 60_000))
    expect(await relayOutbox(db, queue)).toBe(0)
    await db
      .updateTable('outbox')
      .set({ deliverAt: sql<Date>`now()` })
      .execute()
    expect(await relayOutbox(db, queue)).toBe(1)
  })

  test('has one open job for each kind and subject', async () => {
    await atomically(db, (trx) => ensureJob(trx, 'validate', 'v-1'))
    await Promise.all([1, 2, 3].map(() => atomically(db, (trx) => ensureJob(trx, 'validate', 'v-1'))))
    expect(await jobIds()).toHaveLength(1)
  })

  test('a claim that comes while its job is called for again waits, and finds the work', async () => {
    const versionId = await wishedEnd()
    const [jobId = ''] = await jobIds()
    const withdrawn = { pendingCommand: null, pendingOpSeq: null, pendingOutcome: null, pendingSince: null }
    await db.updateTable('versions').set(withdrawn).where('versionId', '=', versionId).execute()
    let claiming: Promise<unknown> = Promise.resolve()
    await atomically(db, async (trx) => {
      await requestUploadEnd(trx, versionId, 'ABORTED', systemActor, 'once more')
      claiming = atomically(db, (other) => claimJob(other, jobId, { workerId: 'w', capabilities: [] }, times))
      await waitUntil(() => isAnyWaiting(db), { what: 'the claim waits' })
    })
    expect(await claiming).toMatchObject({ work: { kind: 'end-upload', versionId, opSeq: 2 } })
  })

  test('a queue that lost everything is told again', async () => {
    await wishedEnd()
    await relayOutbox(db, queue)
    queue.held.clear()
    expect(await sweepNow()).toMatchObject({ jobsRequeued: 1 })
    await relayOutbox(db, queue)
    expect(queued()).toEqual(await jobIds())
  })

  test('work whose job and outbox are gone follows from the state of its subject', async () => {
    const versionId = await wishedEnd()
    await db.deleteFrom('jobs').execute()
    expect(await sweepNow()).toMatchObject({ jobsDerived: 1, jobsRequeued: 0 })
    await relayOutbox(db, queue)
    const [jobId = ''] = queued()
    const claimant = { workerId: 'w', capabilities: [] }
    const claimed = await atomically(db, (trx) => claimJob(trx, jobId, claimant, times))
    expect(claimed).toMatchObject({ work: { kind: 'end-upload', versionId, outcome: 'ABORTED', opSeq: 1 } })
  })

  test('a job whose worker died is told again when its claim has lapsed, and not before', async () => {
    await wishedEnd()
    await relayOutbox(db, queue)
    const [jobId = ''] = await jobIds()
    await atomically(db, (trx) => claimJob(trx, jobId, { workerId: 'w', capabilities: [] }, times))
    expect(await sweepNow()).toMatchObject({ jobsRequeued: 0 })
    await db
      .updateTable('jobs')
      .set({ claimExpiresAt: sql<Date>`now() - interval '1 second'` })
      .execute()
    expect(await sweepNow()).toMatchObject({ jobsRequeued: 1 })
  })

  test('a job that the queue was told of a moment ago is left alone', async () => {
    await wishedEnd()
    await relayOutbox(db, queue)
    expect(await sweepOnce(db)).toMatchObject({
      jobsDerived: 0,
      jobsRequeued: 0,
    })
  })

  test('one catalog sweeps at a time', async () => {
    await db.connection().execute(async (other) => {
      await sql`select pg_advisory_lock(7460002)`.execute(other)
      expect(await sweepNow()).toBeUndefined()
      await sql`select pg_advisory_unlock(7460002)`.execute(other)
    })
    expect(await sweepNow()).toBeDefined()
  })

  test('requests are remembered for seven days', async () => {
    const bodyHash = Buffer.alloc(32)
    const days = (count: number) => sql<Date>`now() - ${count} * interval '1 day'`
    await db
      .insertInto('requestIds')
      .values([
        { method: 'm', requestId: 'old', bodyHash, createdAt: days(8) },
        { method: 'm', requestId: 'young', bodyHash, createdAt: days(6) },
      ])
      .execute()
    await sweepNow()
    const kept = await db.selectFrom('requestIds').select('requestId').execute()
    expect(kept).toEqual([{ requestId: 'young' }])
  })
})
