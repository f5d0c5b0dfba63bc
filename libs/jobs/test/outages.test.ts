import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  sampleOf,
  startTestPostgres,
  startTestRedis,
  tcpProxy,
  waitUntil,
  type TcpProxy,
} from '@goldkeep/testing'
import { connectQueues, type Queues } from '../src/index.js'

const silent = { debug: () => {}, warn: () => {}, error: () => {} }

const backends = [
  ['Redis', startTestRedis],
  ['PostgreSQL', startTestPostgres],
] as const

describe.each(sampleOf('outages', backends))('when %s goes away', (_name, startBackend) => {
  let backend: { readonly url: string; readonly stop: () => Promise<void> }
  let proxy: TcpProxy
  let queues: Queues

  beforeAll(async () => {
    backend = await startBackend()
    const url = new URL(backend.url)
    proxy = await tcpProxy(url.host)
    url.host = proxy.address
    queues = await connectQueues(url.href, silent, { enqueueMs: 1_000 })
  })
  afterAll(async () => {
    await queues.close()
    await proxy.stop()
    await backend.stop()
  })

  test('who enqueues is told in time, and its workers go on when it is back', async () => {
    const seen: string[] = []
    await queues.startWorker('publish', async ({ payload }) => void seen.push(payload.jobId))
    await queues.enqueue('publish', 'out-1', { jobId: 'before' })
    await waitUntil(() => seen.includes('before'), { what: 'the first job is done' })

    proxy.refuse(true)
    proxy.cut()
    await expect(queues.enqueue('publish', 'out-2', { jobId: 'during' })).rejects.toThrow()
    proxy.refuse(false)

    await waitUntil(() => queues.enqueue('publish', 'out-3', { jobId: 'after' }).then(() => true), {
      what: 'the queue takes jobs again',
    })
    await waitUntil(() => seen.includes('after'), { what: 'the worker is back', timeoutMs: 15_000 })
    expect(seen.filter((id) => id === 'after')).toHaveLength(1)
  })

  test('a worker is back after its queue vanished without a reset', async () => {
    const seen: string[] = []
    const worker = await queues.startWorker('validate', async ({ payload }) => void seen.push(payload.jobId))
    await queues.enqueue('validate', 'out-5', { jobId: 'before' })
    await waitUntil(() => seen.includes('before'), { what: 'the first job is done' })

    proxy.vanish()
    await expect(queues.enqueue('validate', 'out-6', { jobId: 'lost' })).rejects.toThrow()
    proxy.pointTo(new URL(backend.url).host)
    await waitUntil(() => queues.enqueue('validate', 'out-7', { jobId: 'after' }).then(() => true), {
      what: 'the queue takes jobs again',
      timeoutMs: 20_000,
    })
    await waitUntil(() => seen.includes('after'), { what: 'the worker is back', timeoutMs: 40_000 })
    await worker.close()
  })

  test('who enqueues into a dead line is told in time', async () => {
    proxy.stall()
    const before = performance.now()
    await expect(queues.enqueue('publish', 'out-4', { jobId: 'stalled' })).rejects.toThrow(/within 1000 ms/)
    expect(performance.now() - before).toBeLessThan(3_000)
    proxy.resume()
  })
})
