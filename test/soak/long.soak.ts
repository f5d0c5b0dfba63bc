import { expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { soak } from './soak.js'

const minutes = Number(process.env.GOLDKEEP_SOAK_MINUTES ?? '10')
const seed = process.env.GOLDKEEP_SOAK_SEED ?? randomBytes(4).toString('hex')

test(`storage under load for ${minutes} minutes breaks no law`, async () => {
  process.stdout.write(`soaking for ${minutes} minutes; to draw the same again: --seed ${seed}\n`)
  const counts = await soak({ milliseconds: minutes * 60_000, seed, uploaders: 6, readers: 3 })
  const { kills, faults, uploads, reads, commands, versionsChecked } = counts
  process.stdout.write(
    `seed ${seed}: ${kills} kills, ${faults} faults, ${uploads} uploads, ${reads} versions read, ` +
      `${commands} commands, ${versionsChecked} looks of sha256sum at a version; no law broken\n`,
  )
  expect(kills).toBeGreaterThan(0)
})
