import { afterAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError, durationSetting, loadConfig, portSetting, serviceKeySetting } from './index.js'

const schema = z.object({
  GOLDKEEP_DATABASE_URL: z.string(),
  GOLDKEEP_CATALOG_PORT: portSetting(7460),
  GOLDKEEP_CLAIM_LEASE: durationSetting('30s'),
  GOLDKEEP_SERVICE_KEY: serviceKeySetting,
})
const key = Buffer.alloc(32, 1).toString('base64')
const directory = mkdtempSync(join(tmpdir(), 'goldkeep-config-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe('configuration', () => {
  test('defaults are parsed like values', () => {
    const config = loadConfig(schema, { GOLDKEEP_DATABASE_URL: 'postgres://x', GOLDKEEP_SERVICE_KEY: key })
    expect(config).toMatchObject({ GOLDKEEP_CATALOG_PORT: 7460, GOLDKEEP_CLAIM_LEASE: 30_000 })
  })

  test('a value may come from a file, as secrets are mounted', () => {
    const file = join(directory, 'key')
    writeFileSync(file, `${key}\n`)
    const config = loadConfig(schema, {
      GOLDKEEP_DATABASE_URL: 'postgres://x',
      GOLDKEEP_SERVICE_KEY_FILE: file,
    })
    expect(config.GOLDKEEP_SERVICE_KEY).toHaveLength(32)
  })

  test('all problems are named at once, and nothing bad becomes a default', () => {
    const load = (): unknown =>
      loadConfig(schema, {
        GOLDKEEP_CATALOG_PORT: '70000',
        GOLDKEEP_CLAIM_LEASE: 'soon',
        GOLDKEEP_SERVICE_KEY_FILE: join(directory, 'absent'),
      })
    expect(load).toThrow(ConfigError)
    for (const part of [
      /GOLDKEEP_DATABASE_URL: is not set/,
      /GOLDKEEP_CATALOG_PORT: expected a port number/,
      /GOLDKEEP_CLAIM_LEASE: expected a time span/,
      /GOLDKEEP_SERVICE_KEY_FILE: cannot read .*absent/,
    ])
      expect(load).toThrow(part)
  })

  test('a short service key is refused', () => {
    const load = (): unknown =>
      loadConfig(schema, { GOLDKEEP_DATABASE_URL: 'postgres://x', GOLDKEEP_SERVICE_KEY: 'c2hvcnQ=' })
    expect(load).toThrow(/GOLDKEEP_SERVICE_KEY: expected at least 32 random bytes/)
  })
})
