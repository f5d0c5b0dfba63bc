import { goldkeepCommand } from '@goldkeep/testing'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHouse } from './house.js'
import { Narrator } from './narrator.js'
import { tellStory } from './story.js'

const narrator = new Narrator()
const root = await mkdtemp(join(tmpdir(), 'goldkeep-demo-'))
const home = join(root, 'home')
const directory = join(root, 'disks')
await mkdir(directory)

process.stdout.write('Goldkeep: no step, however it fails, loses an image that was good before.\n')
const began = Date.now()
const house = await startHouse(home)
narrator.tell(`A house of its own has started in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
try {
  await tellStory({
    goldkeep: goldkeepCommand({ GOLDKEEP_HOME: home }),
    narrator,
    directory,
    volume: join(home, 'volume'),
  })
  process.stdout.write(
    `\nAll of it is so: ${narrator.claims} claims held, in ${Math.round((Date.now() - began) / 1000)} s.\n`,
  )
} catch (error) {
  process.stdout.write(`\nThis is not so: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await house.stop()
  await rm(root, { recursive: true, force: true })
}
