import { connectCatalog, type CatalogConnection } from '@goldkeep/client'
import { presenceWords, verdictWords } from '@goldkeep/contracts'
import { sampleOf, startHouse, waitUntil, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { copyFile, readFile, readlink, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { captureMachine, uploadVersion, versionDirectory, windows, type Capture } from './support/scenario.js'

let house: House
let capture: Capture
let catalog: CatalogConnection
let machines = 0

beforeAll(async () => {
  house = await startHouse({ queue: 'postgres', workers: 1 })
  catalog = connectCatalog({
    address: house.catalogAddress,
    token: house.environment.GOLDKEEP_TOKEN ?? '',
    retry: { forMs: 10_000 },
  })
  capture = await captureMachine(join(house.directory, 'capture'), 1024 * 1024)
}, 60_000)
afterAll(async () => {
  catalog.close()
  await house.stop()
}, 30_000)

const goldkeep = (...args: string[]) => house.goldkeep.attempt(...args)
const versionOf = (id: string) => catalog.versions.get({ by: { $case: 'versionId', value: id } })
const presenceOf = async (id: string) => presenceWords.fromProto((await versionOf(id)).presence)
const untilValid = (...ids: string[]): Promise<unknown> =>
  waitUntil(
    async () => {
      const versions = await Promise.all(ids.map(versionOf))
      return versions.every(({ verdict }) => verdictWords.fromProto(verdict) === 'VALID')
    },
    { timeoutMs: 30_000, what: 'the versions are VALID' },
  )
const until = (id: string, presence: string): Promise<unknown> =>
  waitUntil(async () => (await presenceOf(id)) === presence, {
    timeoutMs: 20_000,
    what: `${id} is ${presence}`,
  })
const troubleOf = async (): Promise<string> => {
  const status = JSON.parse(await house.goldkeep.run('status', '--json')) as { trouble: string[] }
  return status.trouble.join('\n')
}
const linkOf = (image: string): Promise<string> =>
  readlink(join(house.volume, 'primary', 'images', image)).catch(() => 'none')
const untilLinked = (image: string, id: string): Promise<unknown> =>
  waitUntil(async () => (await linkOf(image)).endsWith(id), {
    timeoutMs: 20_000,
    what: `the link of ${image} is on ${id}`,
  })

/** An image with two versions, of which the second is the primary and the first a former one. */
async function imageOfTwo(image: string): Promise<{ first: string; second: string; directory: string }> {
  await catalog.images.create({ imageId: image, requestId: image })
  const [first = '', second = ''] = [
    await uploadVersion(house, image, capture.folder),
    await uploadVersion(house, image, capture.folder),
  ]
  await untilValid(first, second)
  for (const versionId of [first, second]) await promote(image, versionId)
  await untilLinked(image, second)
  return { first, second, directory: versionDirectory(house, image, second) }
}

async function promote(imageId: string, versionId: string): Promise<void> {
  const { primaryVersionId } = await catalog.images.get({ imageId })
  await catalog.images.promote({ imageId, versionId, expectedPrimaryVersionId: primaryVersionId })
}

function start(image: string, ...more: string[]) {
  machines += 1
  const mac = `02:00:00:00:01:${machines.toString(16).padStart(2, '0')}`
  return goldkeep('deploy', 'start', image, '--machine', mac, ...more)
}
const fetchInto = async (deployment: string) =>
  goldkeep('deploy', 'fetch', deployment.trim(), '--to', join(house.directory, `fetched-${machines}`))

describe('a version whose directory was moved away', () => {
  test('is not promoted: the link stays, its state is MISSING, and it is whole again once it is back', async () => {
    const { first, second, directory } = await imageOfTwo('moved')
    await promote('moved', first)
    await untilLinked('moved', first)
    await rename(directory, `${directory}-away`)
    const refused = await goldkeep('promote', second)
    expect(refused).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('bytes are missing') as unknown,
    })
    expect(await linkOf('moved')).toMatch(first)
    expect(await presenceOf(second)).toBe('MISSING')
    expect(await troubleOf()).toContain('1 of its sealed versions is MISSING: moved@2')
    await rename(`${directory}-away`, directory)
    await until(second, 'PRESENT')
    expect((await goldkeep('promote', second)).code).toBe(0)
    await untilLinked('moved', second)
  }, 60_000)

  test('is found missing by the machine that fetches it; as the primary it is refused with the last good one', async () => {
    const { second, directory } = await imageOfTwo('fetched')
    const started = await start('fetched')
    await rename(directory, `${directory}-away`)
    const fetched = await fetchInto(started.stdout)
    expect(fetched).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('bytes are missing') as unknown,
    })
    await until(second, 'MISSING')
    const refused = await start('fetched')
    expect(refused.code).toBe(5)
    expect(refused.stderr).toContain('the last good version is fetched@1')
    expect((await start('fetched', '--force', '--reason', 'a test')).code).toBe(5)
    expect(await troubleOf()).toContain('the primary fetched@2 is MISSING')
    expect(await linkOf('fetched')).toMatch(second)
    await rename(`${directory}-away`, directory)
    await until(second, 'PRESENT')
    expect((await start('fetched')).code).toBe(0)
  }, 60_000)
})

describe('a version of which a file is not what was sealed', () => {
  const damages: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
    removed: (file) => rm(file),
    cut: (file) => truncate(file, 100),
    'replaced by one of the same size': async (file) => {
      const { size } = await stat(file)
      await rm(file)
      await writeFile(file, Buffer.alloc(size, 7))
    },
  }
  let image: Awaited<ReturnType<typeof imageOfTwo>>
  beforeAll(async () => {
    image = await imageOfTwo('file')
  }, 60_000)

  test.each(sampleOf('lost versions', Object.entries(damages)))(
    'is DAMAGED when the file is %s, deployed by force alone, and whole again once the file is',
    async (_how, damage) => {
      const { second, directory } = image
      const file = join(directory, windows)
      const kept = join(house.directory, 'kept')
      await copyFile(file, kept)
      const started = await start('file')
      await damage(file)
      expect((await fetchInto(started.stdout)).code).toBe(7)
      await until(second, 'DAMAGED')
      const refused = await start('file')
      expect(refused.code).toBe(5)
      expect(refused.stderr).toMatch(/bytes differ from its manifest; the last good version is file@1/)
      expect((await start('file', '--force', '--reason', 'nothing else is here')).code).toBe(0)
      expect(await troubleOf()).toContain('the primary file@2 is DAMAGED')
      await rm(file, { force: true })
      await copyFile(kept, file)
      await until(second, 'PRESENT')
      expect((await start('file')).code).toBe(0)
    },
    60_000,
  )
})

test('what was done to versions while storage was stopped is known soon after its start', async () => {
  const stopped = [await imageOfTwo('stopped-1'), await imageOfTwo('stopped-2')]
  const ids = stopped.flatMap(({ first, second }) => [first, second])
  const [withoutFile = '', withoutManifest = '', replaced = '', away = ''] = ids
  const directoryOf = (id: string) =>
    versionDirectory(house, ids.indexOf(id) < 2 ? 'stopped-1' : 'stopped-2', id)
  await house.storage.stop()
  await rm(join(directoryOf(withoutFile), windows))
  await rm(join(directoryOf(withoutManifest), 'version.json'))
  const file = join(directoryOf(replaced), windows)
  const kept = await readFile(file)
  await rm(file)
  await writeFile(file, kept.fill(1, 0, 1000))
  await rename(directoryOf(away), join(house.directory, 'away'))
  await house.storage.start()
  for (const id of [withoutFile, withoutManifest, replaced]) await until(id, 'DAMAGED')
  await until(away, 'MISSING')
}, 90_000)
