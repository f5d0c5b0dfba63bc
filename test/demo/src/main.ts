import { goldkeepCommand, temporaryDirectory } from '@goldkeep/testing'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startHouse } from './house.js'
import { Narrator } from './narrator.js'
import { tellStory } from './story.js'

const narrator = new Narrator()
const stage = await temporaryDirectory('demo')
const home = join(stage.path, 'home')
const directory = join(stage.path, 'disks')
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
  await stage.remove()
}
