import { resolve } from 'node:path'
import {
  bytesSetting,
  hostSetting,
  loadConfig,
  logLevels,
  portSetting,
  type LogLevel,
} from '@goldkeep/service'
import { z } from 'zod'

/** The all-in-one's own environment. What is set of the services' variables reaches the services as well. */
export const AllInOneEnv = z.object({
  // A person reads the terminal: what goes as it should is not told there.
  GOLDKEEP_LOG_LEVEL: z.enum(logLevels).default('warn'),
  GOLDKEEP_HOME: z
    .string()
    .regex(
      /^\P{Cc}+$/u,
      'expected a path without line breaks and control characters, which PostgreSQL does not take',
    )
    .optional(),
  GOLDKEEP_RETIRE_VOLUME: z.string().min(1).optional(),
  GOLDKEEP_CATALOG_HOST: hostSetting,
  GOLDKEEP_CATALOG_PORT: portSetting(7460),
  GOLDKEEP_STORAGE_HOST: hostSetting,
  GOLDKEEP_STORAGE_PORT: portSetting(7461),
  GOLDKEEP_POSTGRES_PORT: portSetting(7462),
  // The volume keeps so many bytes, and the database keeps as many again.
  GOLDKEEP_RESERVE: bytesSetting(64 * 1024 * 1024, 0),
  GOLDKEEP_LOW_SPACE: bytesSetting(256 * 1024 * 1024, 0),
})

export type Environment = Readonly<Record<string, string | undefined>>

export interface AllInOneConfig {
  readonly logLevel: LogLevel
  /** Absolute path of the directory that holds everything, if it was given. */
  readonly home: string | undefined
  /** A volume that is lost for good, and retired at this start. */
  readonly retireVolume: string | undefined
  /** Where each part listens; port 0 means any free one. */
  readonly catalog: Endpoint
  readonly storage: Endpoint
  readonly postgres: Endpoint
  /** Bytes kept for the database on its disk. */
  readonly reserveBytes: number
  /** Below so many bytes on the database's disk an administrator is told. */
  readonly lowSpaceBytes: number
  /** As it was found, for the services' own settings. */
  readonly environment: Environment
}

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** @throws ConfigError with every problem */
export function loadAllInOneConfig(environment: Environment = process.env): AllInOneConfig {
  const values = loadConfig(AllInOneEnv, environment)
  return {
    logLevel: values.GOLDKEEP_LOG_LEVEL,
    home: values.GOLDKEEP_HOME === undefined ? undefined : resolve(values.GOLDKEEP_HOME),
    retireVolume: values.GOLDKEEP_RETIRE_VOLUME,
    catalog: { host: values.GOLDKEEP_CATALOG_HOST, port: values.GOLDKEEP_CATALOG_PORT },
    storage: { host: values.GOLDKEEP_STORAGE_HOST, port: values.GOLDKEEP_STORAGE_PORT },
    postgres: { host: '127.0.0.1', port: values.GOLDKEEP_POSTGRES_PORT },
    reserveBytes: values.GOLDKEEP_RESERVE,
    lowSpaceBytes: values.GOLDKEEP_LOW_SPACE,
    environment,
  }
}
