import { resolve } from 'node:path'
import { defaultWimMemoryBytes } from '@goldkeep/checks'
import { isQueueName, queueNames, type QueueName } from '@goldkeep/jobs'
import {
  ConfigError,
  durationSetting,
  loadConfig,
  logLevelSetting,
  serviceKeySetting,
  shareSetting,
  type LogLevel,
} from '@goldkeep/service'
import { z } from 'zod'
import type { CheckLimits } from './operations/validation.js'

/** The environment variables of the worker. */
export const WorkerEnv = z.object({
  GOLDKEEP_LOG_LEVEL: logLevelSetting,
  GOLDKEEP_SERVICE_KEY: serviceKeySetting,
  GOLDKEEP_CATALOG_ADDRESS: z.string().min(1),
  GOLDKEEP_QUEUE_URL: z.string().regex(/^(rediss?|postgres(ql)?):\/\//, 'expected redis://… or postgres://…'),
  GOLDKEEP_VOLUME: z.string().min(1).optional(),
  GOLDKEEP_WORKER_QUEUES: z
    .string()
    .default(queueNames.join(','))
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine(
      (names): names is QueueName[] => names.every(isQueueName),
      `expected names out of ${queueNames.join(', ')}, separated by commas`,
    ),
  GOLDKEEP_WORKER_CONCURRENCY: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'expected a number from 1 to 999')
    .transform(Number)
    .default(1),
  GOLDKEEP_JOB_LOCK: durationSetting('30s'),
  GOLDKEEP_STALLED_INTERVAL: durationSetting('30s'),
  GOLDKEEP_WIMLIB_MEMORY: z
    .string()
    .regex(/^[1-9]\d{7,14}$/, 'expected bytes, at least 10000000')
    .transform(Number)
    .default(defaultWimMemoryBytes),
  GOLDKEEP_WIMLIB_TIME: durationSetting('4h'),
  GOLDKEEP_EMPTY_SHARE: shareSetting('0.05%'),
})

/** Durations are in milliseconds. */
export interface WorkerConfig {
  readonly logLevel: LogLevel
  readonly serviceKey: Uint8Array
  readonly catalogAddress: string
  readonly queueUrl: string
  /** The volume as it is mounted here; validation reads it. */
  readonly volume?: string
  readonly queues: readonly QueueName[]
  /** Jobs at once, of each queue. */
  readonly concurrency: number
  readonly jobLock: number
  readonly stalledInterval: number
  readonly checks: CheckLimits
}

/**
 * Reads the worker's configuration from environment variables.
 * @throws ConfigError with every problem
 */
export function loadWorkerConfig(environment?: Readonly<Record<string, string | undefined>>): WorkerConfig {
  const values = loadConfig(WorkerEnv, environment)
  const queues = [...new Set(values.GOLDKEEP_WORKER_QUEUES)]
  const volume = values.GOLDKEEP_VOLUME
  if (volume === undefined && queues.includes('validate'))
    throw new ConfigError(['GOLDKEEP_VOLUME: is not set, and the queue "validate" needs it'])
  return {
    logLevel: values.GOLDKEEP_LOG_LEVEL,
    serviceKey: values.GOLDKEEP_SERVICE_KEY,
    catalogAddress: values.GOLDKEEP_CATALOG_ADDRESS,
    queueUrl: values.GOLDKEEP_QUEUE_URL,
    ...(volume !== undefined && { volume: resolve(volume) }),
    queues,
    concurrency: values.GOLDKEEP_WORKER_CONCURRENCY,
    jobLock: values.GOLDKEEP_JOB_LOCK,
    stalledInterval: values.GOLDKEEP_STALLED_INTERVAL,
    checks: {
      wimMemoryBytes: values.GOLDKEEP_WIMLIB_MEMORY,
      wimTimeoutMs: values.GOLDKEEP_WIMLIB_TIME,
      emptyShare: values.GOLDKEEP_EMPTY_SHARE,
    },
  }
}
