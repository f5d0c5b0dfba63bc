import { parseChangeId } from '@goldkeep/domain'
import { formatImageDocument, formatMajor } from '@goldkeep/volume'
import { describe, expect, test } from '@jest/globals'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Publication } from '../../src/store/publication.js'
import { sha256 } from '../support/bytes.js'
import { watchSyscalls } from '../support/watched-syscalls.js'
import { expectRefusal } from './refused.js'
import { lab, office, useShelf, other, primary } from './shelf.js'

const shelf = useShelf()

const house = 'hse-0123456789abcdef' as Parameters<typeof formatImageDocument>[0]['house']
const at = (...path: string[]): string => join(shelf.volume, 'images', lab.imageId, ...path)
const present = async (): Promise<string> => sha256(await readFile(at('image.json')))
const change = parseChangeId('chg-0123456789abcdef')
const records: Publication['records'] = [
  { versionId: primary, bytes: Buffer.from('{"note":"of the primary"}') },
  { changeId: change, bytes: Buffer.from('{"kind":"PROMOTE"}') },
]

/** The next publication of the lab's image, on what is there now unless told otherwise. */
async function publicationOf(fields: Partial<Publication> = {}): Promise<Publication> {
  const { generation = 2, epoch = 1 } = fields
  const head = {
    format: formatMajor,
    house,
    image: lab.imageId,
    uid: lab.imageUid,
    epoch,
    generation,
  } as const
  return {
    ...lab,
    epoch,
    generation,
    primary: other,
    records: [],
    document: formatImageDocument({ ...head, primary: other }),
    bases: [await present()],
    allowAbsent: false,
    ...fields,
  }
}

const refused = (reason: string, publication: Publication) =>
  expectRefusal(shelf, reason, () => shelf.store.publish(publication))

describe('a publication', () => {
  test('of another house is refused, also of an image that the volume does not have', async () => {
    const { identity } = shelf.store
    const head = {
      format: formatMajor,
      image: office.imageId,
      uid: office.imageUid,
      epoch: 1,
      generation: 1,
    } as const
    const documentOf = (of: typeof house) => formatImageDocument({ ...head, house: of, primary: null })
    const publication = { ...office, epoch: 1, generation: 1, records: [], bases: [], allowAbsent: true }
    const foreign = 'hse-zzzzzzzzzzzzzzzz' as typeof house
    await refused('INVALID_FIELD', { ...publication, document: documentOf(foreign) })
    expect(await shelf.store.publish({ ...publication, document: documentOf(identity.house) })).toBe(1)
  })

  test('brings its records, and the image.json that stands on them last', async () => {
    const sys = watchSyscalls()
    await shelf.reopen({ sys })
    expect(await shelf.store.publish(await publicationOf({ records }))).toBe(2)
    expect(await readFile(at('versions', `${primary}.json`), 'utf8')).toContain('of the primary')
    expect(await readFile(at('history', `${change}.json`), 'utf8')).toContain('PROMOTE')
    const steps = sys.calls
      .filter(({ name }) => name === 'rename' || name === 'fsync')
      .map(({ name, path }) => `${name} ${path}`)
    const written = steps.findIndex((step) => step.endsWith('/.image.json.new') && step.startsWith('rename'))
    for (const directory of ['versions', 'history'])
      expect(steps.lastIndexOf(`fsync images/${lab.imageId}/${directory}`)).toBeLessThan(written)
    expect(steps.lastIndexOf(`fsync images/${lab.imageId}/history`)).toBeGreaterThan(-1)
  })

  test('comes in parts: without an image.json it leaves the one that is there', async () => {
    const { document: _last, ...part } = await publicationOf({ records })
    const before = await present()
    expect(await shelf.store.publish(part)).toBe(1)
    expect(await present()).toBe(before)
    expect(await readFile(at('history', `${change}.json`), 'utf8')).toContain('PROMOTE')
  })

  test('comes in parts also when what is there has the same numbers: its records may be lost', async () => {
    const { document: _last, ...part } = await publicationOf({ records, generation: 1 })
    expect(await shelf.store.publish(part)).toBe(1)
    expect(await readFile(at('versions', `${primary}.json`), 'utf8')).toContain('of the primary')
  })

  test('can be repeated, and changes nothing the second time', async () => {
    const publication = await publicationOf({ records })
    await shelf.store.publish(publication)
    const after = await shelf.tree()
    expect(await shelf.store.publish(publication)).toBe(2)
    expect(await shelf.tree()).toEqual(after)
  })

  test('that stands on another image.json is refused, and told what is there', async () => {
    const publication = await publicationOf({ records, bases: ['ab'.repeat(32)], allowAbsent: true })
    await refused('PUBLICATION_CONFLICT', publication)
    await expect(shelf.store.publish(publication)).rejects.toMatchObject({
      metadata: { epoch: '1', generation: '1', document_sha256: await present(), next_number: '0' },
    })
    const { document: _last, ...part } = publication
    await refused('PUBLICATION_CONFLICT', part)
  })

  test('of the same numbers and another content is refused, whatever it stands on', async () => {
    await refused('PUBLICATION_CONFLICT', await publicationOf({ generation: 1 }))
    await shelf.reopen()
    await refused('PUBLICATION_CONFLICT', await publicationOf({ generation: 1 }))
  })

  test('of an older generation is refused, whatever it stands on', async () => {
    await shelf.store.publish(await publicationOf({ generation: 5 }))
    await refused('STALE_COMMAND', await publicationOf({ generation: 4 }))
  })

  test('stands on an image.json that was lost only if it says so', async () => {
    const publication = await publicationOf()
    await rm(at('image.json'))
    await refused('PUBLICATION_CONFLICT', publication)
    expect(await shelf.store.publish({ ...publication, allowAbsent: true })).toBe(2)
  })
})

test('records beside the versions are no versions, also after a restart', async () => {
  await shelf.store.publish(await publicationOf({ records }))
  const before = shelf.store.versions().map(({ versionId }) => versionId)
  await shelf.reopen()
  expect(shelf.store.versions().map(({ versionId }) => versionId)).toEqual(before)
  expect(shelf.store.copies()).toEqual([])
})
