import { describe, expect, test } from '@jest/globals'
import { ConfigError } from '@goldkeep/service'
import { loadWorkerConfig } from './index.js'

const least = {
  GOLDKEEP_SERVICE_KEY: Buffer.alloc(32).toString('base64'),
  GOLDKEEP_CATALOG_ADDRESS: 'catalog:7460',
  GOLDKEEP_QUEUE_URL: 'redis://queue',
  GOLDKEEP_VOLUME: '/srv/gold',
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadWorkerConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('the configuration', () => {
  test('takes every queue, one job at a time, unless told otherwise', () => {
    expect(loadWorkerConfig(least)).toMatchObject({
      queues: ['validate', 'publish', 'end-upload'],
      concurrency: 1,
      jobLock: 30_000,
      stalledInterval: 30_000,
      checks: { wimMemoryBytes: 3 * 1024 ** 3, wimTimeoutMs: 4 * 60 * 60 * 1000, emptyShare: 0.0005 },
      volume: '/srv/gold',
    })
  })

  test('names every problem at once', () => {
    const problems = problemsOf({ GOLDKEEP_QUEUE_URL: 'amqp://x', GOLDKEEP_WORKER_CONCURRENCY: '0' })
    expect(problems).toHaveLength(4)
    expect(problems.join('\n')).toMatch(/SERVICE_KEY.*\n.*CATALOG_ADDRESS.*\n.*QUEUE_URL.*\n.*CONCURRENCY/)
  })

  test('refuses a queue that nobody knows', () => {
    expect(problemsOf({ ...least, GOLDKEEP_WORKER_QUEUES: 'validate,prunes' })).toEqual([
      'GOLDKEEP_WORKER_QUEUES: expected names out of validate, publish, end-upload, separated by commas',
    ])
  })

  test('wants a volume only where versions are validated', () => {
    const { GOLDKEEP_VOLUME: _, ...without } = least
    expect(problemsOf(without)[0]).toMatch(/^GOLDKEEP_VOLUME: is not set/)
    expect(
      loadWorkerConfig({ ...without, GOLDKEEP_WORKER_QUEUES: 'publish, end-upload' }).volume,
    ).toBeUndefined()
  })
})
