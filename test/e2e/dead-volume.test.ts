import { startHouse, waitUntil, type House, type Service } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { begin, captureMachine, uploadVersion, type Capture } from './support/scenario.js'

/** Images with a version on the volume that dies: more than a worker has slots. */
const onDead = ['dead-1', 'dead-2', 'left']
let house: House
let dead: { readonly service: Service; readonly volume: string }
let capture: Capture

beforeAll(async () => {
  house = await startHouse({ queue: 'redis', workers: 1 })
  await house.catalog.kill()
  await house.catalog.start({ GOLDKEEP_VOLUME_SILENCE: '1s' })
  dead = await house.addStorage()
  capture = await captureMachine(join(house.directory, 'capture'), 1024 * 1024)
}, 60_000)
afterAll(() => house.stop(), 30_000)

const create = (image: string) => house.goldkeep.run('image', 'create', image)
const versionOf = async (id: string) =>
  JSON.parse(await house.goldkeep.run('version', 'show', id, '--json')) as {
    readonly lifecycle: string
    readonly verdict: string
    readonly locations: readonly { readonly volumeId: string }[]
  }
const promote = (id: string) => house.goldkeep.run('promote', id, '--force', '--reason', 'a test')
/** @param id of the version that the link names; empty: there is no link */
const untilLinked = (volume: string, image: string, id: string): Promise<unknown> =>
  waitUntil(
    async () => {
      const link = await readlink(join(volume, 'primary', 'images', image)).catch(() => '')
      return id === '' ? link === '' : link.endsWith(id)
    },
    { timeoutMs: 20_000, what: `the primary link of ${image} is ${id || 'gone'}` },
  )
/** Before it is known to be silent a volume still gets new uploads. */
const untilSilent = (count: number): Promise<unknown> =>
  waitUntil(
    async () => {
      const status = JSON.parse(await house.goldkeep.run('status', '--json')) as {
        readonly volumes: readonly { readonly silent: boolean }[]
      }
      return status.volumes.filter(({ silent }) => silent).length === count
    },
    { timeoutMs: 20_000, what: `${count} volumes are silent` },
  )
const untilEnded = (id: string): Promise<unknown> =>
  waitUntil(async () => (await versionOf(id)).lifecycle === 'ABORTED', {
    timeoutMs: 20_000,
    what: `upload ${id} has ended`,
  })

test('a volume that is dead holds up no work of the living one, and gets its own once it is back', async () => {
  // The living one is away first, so that these uploads go to the other.
  await house.storage.kill()
  await dead.service.start()
  await untilSilent(1)
  await Promise.all([...onDead, 'living'].map(create))
  const aborting = await begin(house, 'living', capture)
  const sealed = await Promise.all(
    onDead.map(async (image) => ({ image, id: await uploadVersion(house, image, capture.folder) })),
  )
  const [left] = sealed.splice(onDead.indexOf('left'), 1)
  await promote(left?.id ?? '')
  await untilLinked(dead.volume, 'left', left?.id ?? '')
  await house.storage.start()

  // Not only killed: a host that is gone does not even refuse a connection.
  await untilSilent(0)
  process.kill(dead.service.pid, 'SIGSTOP')
  await untilSilent(1)
  await Promise.all([
    house.goldkeep.run('upload', 'abort', aborting),
    ...sealed.map((one) => promote(one.id)),
  ])
  const aborted = await begin(house, 'living', capture)
  const [id] = await Promise.all([
    uploadVersion(house, 'living', capture.folder),
    house.goldkeep.run('upload', 'abort', aborted),
  ])
  await house.goldkeep.run('version', 'wait', id)
  expect((await versionOf(id)).verdict).toBe('VALID')
  await promote(id)
  await untilLinked(house.volume, 'living', id)
  // The next primary of an image that has its former one on the dead volume.
  const moved = await uploadVersion(house, 'left', capture.folder)
  await promote(moved)
  await untilLinked(house.volume, 'left', moved)
  await untilEnded(aborted)

  process.kill(dead.service.pid, 'SIGCONT')
  await dead.service.kill()
  await dead.service.start()
  await untilEnded(aborting)
  for (const one of sealed) await untilLinked(dead.volume, one.image, one.id)
  await untilLinked(dead.volume, 'left', '')
}, 60_000)
