import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { logLevels } from './logger.js'

/** The process's exit code for a configuration that cannot be used (EX_CONFIG of sysexits.h). */
export const configExitCode = 78

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(readonly problems: readonly string[]) {
    super(`the configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
  }
}

/**
 * Parses environment variables. For every key K that is absent, K_FILE may name a file that holds the
 * value, as secrets are mounted.
 * @throws ConfigError with every problem
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> {
  const problems: string[] = []
  const values: Record<string, string> = {}
  for (const key of Object.keys(schema.shape)) {
    const value = environment[key] || readFromFile(key, environment[`${key}_FILE`], problems)
    if (value) values[key] = value
  }
  const parsed = schema.safeParse(values)
  if (!parsed.success) problems.push(...parsed.error.issues.map(describe))
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  return parsed.data
}

function describe(issue: z.core.$ZodIssue): string {
  const absent = issue.code === 'invalid_type' && issue.input === undefined
  return `${issue.path.join('.')}: ${absent ? 'is not set' : issue.message}`
}

function readFromFile(key: string, path: string | undefined, problems: string[]): string | undefined {
  if (!path) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    problems.push(`${key}_FILE: cannot read ${path}: ${(error as Error).message}`)
    return undefined
  }
}

/** A TCP port; 0 means any free one. */
export const portSetting = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'expected a port number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65535, 'expected a port number from 0 to 65535')
    .default(fallback)

/** A number of bytes. */
export const bytesSetting = (fallback: number, atLeast: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'expected a number of bytes')
    .transform(Number)
    .refine((bytes) => bytes >= atLeast, `expected at least ${atLeast} bytes`)
    .default(fallback)

/** A time span in milliseconds, written `500ms`, `30s`, `15m`, `24h` or `7d`. */
export const durationSetting = (fallback: string) =>
  z
    .string()
    .regex(/^\d+(ms|s|m|h|d)$/, 'expected a time span such as 500ms, 30s, 15m, 24h or 7d')
    .default(fallback)
    .transform(toMilliseconds)

/** A share written in per cent, `0.05%`; the value is a number such as 0.0005. */
export const shareSetting = (fallback: string) =>
  z
    .string()
    .regex(/^\d{1,2}(\.\d{1,4})?%$/, 'expected per cent such as 0.05% or 2%')
    .default(fallback)
    .transform((text) => Number.parseFloat(text) / 100)

const unitMilliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function toMilliseconds(span: string): number {
  const unit = /[a-z]+$/.exec(span)?.[0] as keyof typeof unitMilliseconds
  return Number.parseInt(span, 10) * unitMilliseconds[unit]
}

/** The key that the services of one house share: at least 32 bytes, in base64. */
export const serviceKeySetting = z
  .string()
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
  .refine(
    (key) => key.length >= 32,
    'expected at least 32 random bytes in base64, such as `openssl rand -base64 32` prints',
  )

export const logLevelSetting = z.enum(logLevels).default('info')
