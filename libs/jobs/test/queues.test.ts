import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { UnrecoverableError } from 'bullmq'
import { startTestPostgres, startTestRedis, waitUntil } from '@goldkeep/testing'
import {
  connectQueues,
  type JobHandler,
  type Queues,
  type QueueSettings,
  type RunningJob,
} from '../src/index.js'

const silent = { debug: () => {}, warn: () => {}, error: () => {} }
const soon = { lockMs: 1_000, stalledIntervalMs: 500, closeMs: 2_000 }

/** Notes the jobs that reach it. */
function recorder(handle: (job: RunningJob, run: number) => Promise<void> | void = () => {}) {
  const seen: string[] = []
  const handler: JobHandler = async (job) => {
    seen.push(job.payload.jobId)
    await handle(job, seen.filter((id) => id === job.payload.jobId).length)
  }
  return { seen, handler }
}

const untilAborted = ({ signal }: RunningJob): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })

const backends = [
  ['Redis', startTestRedis],
  ['PostgreSQL', startTestPostgres],
] as const

describe.each(backends)('queues on %s', (_name, startBackend) => {
  let backend: { readonly url: string; readonly stop: () => Promise<void> }
  const opened: Queues[] = []

  beforeAll(async () => {
    backend = await startBackend()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queues) => queues.close()))
  })
  afterAll(() => backend.stop())

  async function connect(settings: QueueSettings = { backoffMs: 50 }): Promise<Queues> {
    const queues = await connectQueues(backend.url, silent, settings)
    opened.push(queues)
    return queues
  }

  test('a job reaches a worker of its queue, and no other', async () => {
    const queues = await connect()
    const publishing = recorder()
    const validating = recorder()
    await queues.startWorker('publish', publishing.handler)
    await queues.startWorker('validate', validating.handler)
    await queues.enqueue('publish', 'out-1', { jobId: 'job-1' })
    await waitUntil(() => publishing.seen.length === 1, { what: 'the job is done' })
    expect(publishing.seen).toEqual(['job-1'])
    expect(validating.seen).toEqual([])
  })

  test('the same outbox id twice is one job while the queue has it, and can be put back afterwards', async () => {
    const queues = await connect()
    for (let time = 0; time < 3; time += 1) await queues.enqueue('end-upload', 'out-2', { jobId: 'job-2' })
    await queues.enqueue('end-upload', 'out-3', { jobId: 'job-3' })
    const { seen, handler } = recorder()
    await queues.startWorker('end-upload', handler)
    await waitUntil(() => seen.includes('job-3'), { what: 'both jobs are done' })
    expect(seen).toEqual(['job-2', 'job-3'])
    await queues.enqueue('end-upload', 'out-2', { jobId: 'job-2' })
    await waitUntil(() => seen.length === 3, { what: 'the job is done again' })
  })

  test('a job that fails is tried again, one that cannot be mended is dropped', async () => {
    const queues = await connect()
    const { seen, handler } = recorder(({ payload }, run) => {
      if (payload.jobId === 'hopeless') throw new UnrecoverableError('no')
      if (payload.jobId === 'flaky' && run < 3) throw new Error('not yet')
    })
    await queues.startWorker('publish', handler)
    await queues.enqueue('publish', 'out-4', { jobId: 'hopeless' })
    await queues.enqueue('publish', 'out-5', { jobId: 'flaky' })
    await waitUntil(() => seen.filter((id) => id === 'flaky').length === 3, { what: 'the third run' })
    expect(seen.filter((id) => id === 'hopeless')).toHaveLength(1)
    await queues.enqueue('publish', 'out-4', { jobId: 'hopeless' })
    await waitUntil(() => seen.filter((id) => id === 'hopeless').length === 2, { what: 'it is put back' })
  })

  test('a worker that closes aborts its job, and another takes it at once', async () => {
    const first = await connect()
    const aborted = recorder(untilAborted)
    const worker = await first.startWorker('validate', aborted.handler)
    await first.enqueue('validate', 'out-6', { jobId: 'long' })
    await waitUntil(() => aborted.seen.length === 1, { what: 'the job runs' })
    await worker.close()
    const second = await connect()
    const { seen, handler } = recorder()
    await second.startWorker('validate', handler)
    await waitUntil(() => seen.includes('long'), { what: 'the other worker has it', timeoutMs: 3_000 })
  })

  test('closing is bounded when a job does not listen, and the job comes to another worker', async () => {
    const deaf = await connect()
    let release = (): void => {}
    const stuck = recorder(() => new Promise<void>((resolve) => (release = resolve)))
    const worker = await deaf.startWorker('validate', stuck.handler, { ...soon, closeMs: 200 })
    await deaf.enqueue('validate', 'out-7', { jobId: 'stuck' })
    await waitUntil(() => stuck.seen.length === 1, { what: 'the job runs' })
    const before = performance.now()
    await worker.close()
    expect(performance.now() - before).toBeLessThan(2_000)
    release()
    await deaf.close()
  })

  test('several jobs run at once when told', async () => {
    const queues = await connect()
    let running = 0
    let most = 0
    const { seen, handler } = recorder(async () => {
      most = Math.max(most, (running += 1))
      await waitUntil(() => most >= 3, { what: 'three run at once' })
      running -= 1
    })
    await queues.startWorker('validate', handler, { concurrency: 3 })
    for (let index = 0; index < 3; index += 1)
      await queues.enqueue('validate', `out-8${index}`, { jobId: `job-8${index}` })
    await waitUntil(() => seen.length === 3 && running === 0, { what: 'all are done' })
  })
})

describe('the queue address', () => {
  test('of an unknown scheme is refused without being repeated', async () => {
    await expect(connectQueues('amqp://user:secret@host', silent)).rejects.toThrow(
      /^the queue address: (?!.*secret)/,
    )
  })

  test('where nobody listens is refused', async () => {
    await expect(connectQueues('redis://127.0.0.1:1', silent)).rejects.toThrow(/cannot reach Redis/)
    await expect(connectQueues('postgres://a:b@127.0.0.1:1/c', silent)).rejects.toThrow(/ECONNREFUSED/)
  })
})
