import type { ConnectionLimits } from '@goldkeep/postgres/pool'
import {
  durationSetting,
  hostSetting,
  loadConfig,
  logLevelSetting,
  portSetting,
  serviceKeySetting,
  type LogLevel,
} from '@goldkeep/service'
import { z } from 'zod'
import type { Times } from './domain/times.js'

/** The catalog's environment variables; docs/configuration.md describes them. */
export const CatalogEnv = z.object({
  GOLDKEEP_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'expected postgres://…'),
  GOLDKEEP_DATABASE_CONNECT_TIMEOUT: durationSetting('5s'),
  GOLDKEEP_DATABASE_SILENCE: durationSetting('3s'),
  GOLDKEEP_DATABASE_STATEMENT_TIMEOUT: durationSetting('10m'),
  GOLDKEEP_DATABASE_LOCK_TIMEOUT: durationSetting('30s'),
  GOLDKEEP_QUEUE_URL: z.string().regex(/^(rediss?|postgres(ql)?):\/\//, 'expected redis://… or postgres://…'),
  GOLDKEEP_SERVICE_KEY: serviceKeySetting,
  GOLDKEEP_CATALOG_HOST: hostSetting,
  GOLDKEEP_CATALOG_PORT: portSetting(7460),
  GOLDKEEP_ADMIN_TOKEN_FILE: z.string().optional(),
  GOLDKEEP_CLAIM_LEASE: durationSetting('30s'),
  GOLDKEEP_SWEEP_INTERVAL: durationSetting('15s'),
  GOLDKEEP_REQUEUE_AFTER: durationSetting('60s'),
  GOLDKEEP_UPLOAD_EXPIRY: durationSetting('24h'),
  GOLDKEEP_DEPLOYMENT_LEASE: durationSetting('4h'),
  GOLDKEEP_DEPLOYMENT_LIMIT: durationSetting('7d'),
  GOLDKEEP_TICKET_LIFETIME: durationSetting('15m'),
  GOLDKEEP_VOLUME_SILENCE: durationSetting('60s'),
  GOLDKEEP_VALIDATION_TRIES: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'expected a number from 1 to 999')
    .transform(Number)
    .default(12),
  GOLDKEEP_LOG_LEVEL: logLevelSetting,
})

export interface CatalogConfig {
  readonly databaseUrl: string
  readonly databaseLimits: ConnectionLimits
  readonly queueUrl: string
  readonly serviceKey: Uint8Array
  readonly host: string
  readonly port: number
  /** Where the first start leaves the admin token. */
  readonly adminTokenFile: string | undefined
  readonly times: Times
  readonly sweepIntervalMs: number
  /** How long a job that the queue was told of may go unclaimed, before the queue is told again. */
  readonly requeueAfterMs: number
  readonly logLevel: LogLevel
}

/** @throws ConfigError with every problem */
export function loadCatalogConfig(environment?: Readonly<Record<string, string | undefined>>): CatalogConfig {
  const values = loadConfig(CatalogEnv, environment)
  return {
    databaseUrl: values.GOLDKEEP_DATABASE_URL,
    databaseLimits: {
      connectMs: values.GOLDKEEP_DATABASE_CONNECT_TIMEOUT,
      silenceMs: values.GOLDKEEP_DATABASE_SILENCE,
      statementMs: values.GOLDKEEP_DATABASE_STATEMENT_TIMEOUT,
      lockMs: values.GOLDKEEP_DATABASE_LOCK_TIMEOUT,
    },
    queueUrl: values.GOLDKEEP_QUEUE_URL,
    serviceKey: values.GOLDKEEP_SERVICE_KEY,
    host: values.GOLDKEEP_CATALOG_HOST,
    port: values.GOLDKEEP_CATALOG_PORT,
    adminTokenFile: values.GOLDKEEP_ADMIN_TOKEN_FILE,
    times: {
      claimLeaseMs: values.GOLDKEEP_CLAIM_LEASE,
      uploadExpiryMs: values.GOLDKEEP_UPLOAD_EXPIRY,
      deploymentLeaseMs: values.GOLDKEEP_DEPLOYMENT_LEASE,
      deploymentLimitMs: values.GOLDKEEP_DEPLOYMENT_LIMIT,
      ticketLifetimeMs: values.GOLDKEEP_TICKET_LIFETIME,
      volumeSilenceMs: values.GOLDKEEP_VOLUME_SILENCE,
      validationTries: values.GOLDKEEP_VALIDATION_TRIES,
    },
    sweepIntervalMs: values.GOLDKEEP_SWEEP_INTERVAL,
    requeueAfterMs: values.GOLDKEEP_REQUEUE_AFTER,
    logLevel: values.GOLDKEEP_LOG_LEVEL,
  }
}
