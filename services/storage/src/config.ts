import {
  addressSetting,
  bytesSetting,
  durationSetting,
  hostSetting,
  loadConfig,
  logLevelSetting,
  portSetting,
  shareSetting,
  serviceKeySetting,
} from '@goldkeep/service'
import { z } from 'zod'
import type { DirectWritesMode } from './store/disk/direct-writes.js'
import type { LeaseTimes } from './store/disk/lease-times.js'

/** The environment of the storage service. docs/configuration.md explains each. */
export const StorageEnv = z
  .object({
    GOLDKEEP_LOG_LEVEL: logLevelSetting,
    GOLDKEEP_SERVICE_KEY: serviceKeySetting,
    GOLDKEEP_VOLUME: z.string(),
    GOLDKEEP_CATALOG_ADDRESS: z.string(),
    GOLDKEEP_STORAGE_HOST: hostSetting,
    GOLDKEEP_STORAGE_PORT: portSetting(7461),
    GOLDKEEP_STORAGE_ADVERTISE: addressSetting.optional(),
    GOLDKEEP_PROGRESS_INTERVAL: durationSetting('2s'),
    GOLDKEEP_TRUST_REFRESH: durationSetting('2s'),
    GOLDKEEP_LOOK_AGAIN: durationSetting('5s'),
    GOLDKEEP_SYNC_INTERVAL: durationSetting('500ms'),
    GOLDKEEP_SYNC_BYTES: bytesSetting(32 * 1024 * 1024, 1),
    GOLDKEEP_WRITER_IDLE: durationSetting('30s'),
    GOLDKEEP_DIRECT_WRITES: z.enum(['auto', 'always', 'never']).default('auto'),
    GOLDKEEP_RESERVE: bytesSetting(64 * 1024 * 1024, 0),
    GOLDKEEP_LOW_SPACE: bytesSetting(256 * 1024 * 1024, 0),
    GOLDKEEP_STREAM_IDLE: durationSetting('2m'),
    GOLDKEEP_EMPTY_SHARE: shareSetting('0.05%'),
    GOLDKEEP_LEASE_HEARTBEAT: durationSetting('5s'),
    GOLDKEEP_LEASE_LOST: durationSetting('30s'),
    GOLDKEEP_LEASE_TAKEOVER: durationSetting('60s'),
  })
  .refine(
    ({ GOLDKEEP_LEASE_HEARTBEAT: heartbeat, GOLDKEEP_LEASE_LOST: lost, GOLDKEEP_LEASE_TAKEOVER: takeover }) =>
      2 * heartbeat <= lost && lost + heartbeat <= takeover,
    // Else an owner that cannot renew might still write when the next one takes over.
    {
      path: ['GOLDKEEP_LEASE_TAKEOVER'],
      message:
        'expected at least GOLDKEEP_LEASE_LOST and one GOLDKEEP_LEASE_HEARTBEAT, and the former at least two of these',
    },
  )

/** Times are in milliseconds. */
export interface StorageConfig {
  readonly logLevel: z.output<typeof logLevelSetting>
  readonly serviceKey: Uint8Array
  /** The directory that is the volume. */
  readonly volume: string
  readonly catalogAddress: string
  readonly host: string
  readonly port: number
  /** Where clients reach it; absent: host and port. */
  readonly advertise?: string
  readonly progressIntervalMs: number
  readonly trustRefreshMs: number
  /** The first pause before what could not be read is looked at again. */
  readonly lookAgainMs: number
  readonly syncIntervalMs: number
  readonly syncBytes: number
  readonly writerIdleMs: number
  /** A stream without any message for so long is ended. */
  readonly streamIdleMs: number
  readonly lease: LeaseTimes
  /** Bytes that uploads never get, and as many that are given back on a full volume. */
  readonly reserveBytes: number
  /** With fewer bytes left for uploads an administrator is told. */
  readonly lowSpaceBytes: number
  readonly directWrites: DirectWritesMode
  /** An image with less than this share of what was in use is found nearly empty. */
  readonly emptyShare: number
}

/** @throws ConfigError */
export function loadStorageConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): StorageConfig {
  const env = loadConfig(StorageEnv, environment)
  return {
    logLevel: env.GOLDKEEP_LOG_LEVEL,
    serviceKey: env.GOLDKEEP_SERVICE_KEY,
    volume: env.GOLDKEEP_VOLUME,
    catalogAddress: env.GOLDKEEP_CATALOG_ADDRESS,
    host: env.GOLDKEEP_STORAGE_HOST,
    port: env.GOLDKEEP_STORAGE_PORT,
    progressIntervalMs: env.GOLDKEEP_PROGRESS_INTERVAL,
    trustRefreshMs: env.GOLDKEEP_TRUST_REFRESH,
    lookAgainMs: env.GOLDKEEP_LOOK_AGAIN,
    syncIntervalMs: env.GOLDKEEP_SYNC_INTERVAL,
    syncBytes: env.GOLDKEEP_SYNC_BYTES,
    writerIdleMs: env.GOLDKEEP_WRITER_IDLE,
    streamIdleMs: env.GOLDKEEP_STREAM_IDLE,
    reserveBytes: env.GOLDKEEP_RESERVE,
    lowSpaceBytes: env.GOLDKEEP_LOW_SPACE,
    directWrites: env.GOLDKEEP_DIRECT_WRITES,
    emptyShare: env.GOLDKEEP_EMPTY_SHARE,
    lease: {
      heartbeatMs: env.GOLDKEEP_LEASE_HEARTBEAT,
      lostAfterMs: env.GOLDKEEP_LEASE_LOST,
      takeoverAfterMs: env.GOLDKEEP_LEASE_TAKEOVER,
    },
    ...(env.GOLDKEEP_STORAGE_ADVERTISE && { advertise: env.GOLDKEEP_STORAGE_ADVERTISE }),
  }
}
