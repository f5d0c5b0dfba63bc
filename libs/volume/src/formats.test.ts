import { describe, expect, test } from '@jest/globals'
import { parseImageId, parseVersionId } from '@goldkeep/domain'
import {
  comparePublications,
  formatManifest,
  formatSums,
  formatTrashSidecar,
  parseImageDocument,
  parseManifest,
  parseTrashName,
  parseTrashSidecar,
  parseVolumeIdentity,
  primaryLinkTarget,
  trashName,
  versionOfTrashName,
  volumeLayout,
} from './index.js'

const image = parseImageId('win11-lab')
const version = parseVersionId('20261122T181502Z-4k7q')
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

const document = {
  format: 1,
  house: 'hse-0123456789abcdef',
  volume: 'vol-0123456789abcdef',
  image: 'win11-lab',
  uid: 'uid-0123456789abcdefghij',
  version: '20261122T181502Z-4k7q',
  began: '2026-11-22T18:15:02.000Z',
  sealed: '2026-11-22T18:25:02.000Z',
  capture: {
    environment: 'winpe',
    type: 'file',
    schemaOnly: false,
    skipLvmShrink: false,
    customSchema: false,
  },
  files: [{ path: 'schema', size: 2, digests: { sha256: 'a'.repeat(64) }, kind: 'schema' }],
}

describe('the manifest', () => {
  test('keeps the fields that it does not know', () => {
    const parsed = parseManifest(bytes({ ...document, later: { field: 7 } }))
    expect(JSON.parse(Buffer.from(formatManifest(parsed)).toString())).toEqual({
      ...document,
      later: { field: 7 },
    })
  })

  test('of a higher format is refused, with what was found', () => {
    expect(() => parseManifest(bytes({ ...document, format: 2 }))).toThrow(
      /expected format 1, found format 2/,
    )
  })

  test('with a path that leaves the version is refused', () => {
    const files = [{ ...document.files[0], path: '../../etc/passwd' }]
    expect(() => parseManifest(bytes({ ...document, files }))).toThrow(/version\.json: .*files\.0\.path/)
  })

  test('is listed in the sums with every file', () => {
    const sums = formatSums(parseManifest(bytes(document)), 'b'.repeat(64))
    expect(Buffer.from(sums).toString()).toBe(`${'a'.repeat(64)}  schema\n${'b'.repeat(64)}  version.json\n`)
  })
})

describe('the volume', () => {
  test('stages an upload beside the place where its version will be', () => {
    const layout = volumeLayout('/srv/gold')
    expect(layout.stagedTree(version)).toBe('/srv/gold/staging/20261122T181502Z-4k7q/tree')
    expect(layout.version(image, version)).toBe('/srv/gold/images/win11-lab/versions/20261122T181502Z-4k7q')
    expect(primaryLinkTarget(image, version)).toBe('../../images/win11-lab/versions/20261122T181502Z-4k7q')
  })

  test('says whose it is, and refuses what is not JSON', () => {
    const { house, volume } = document
    expect(parseVolumeIdentity(bytes({ format: 1, house, volume }))).toMatchObject({ house, volume })
    expect(() => parseVolumeIdentity(Buffer.from('{'))).toThrow(/volume\.json: expected JSON/)
  })
})

describe('the image document', () => {
  const head = { format: 1, house: document.house, image: 'win11-lab', uid: document.uid, primary: null }

  test.each(['epoch', 'generation'])('is refused when its %s leaves no room for the next', (field) => {
    const document = { ...head, epoch: 1, generation: 1, [field]: Number.MAX_SAFE_INTEGER }
    expect(() => parseImageDocument(bytes(document))).toThrow(new RegExp(field))
  })

  test('is ordered by epoch first, then by generation', () => {
    const older = parseImageDocument(bytes({ ...head, epoch: 1, generation: 9 }))
    const newer = parseImageDocument(bytes({ ...head, epoch: 2, generation: 1 }))
    expect(comparePublications(older, newer)).toBeLessThan(0)
    expect(comparePublications(newer, newer)).toBe(0)
    const next = parseImageDocument(bytes({ ...head, epoch: 2, generation: 2 }))
    expect(comparePublications(newer, next)).toBeLessThan(0)
    expect(comparePublications(next, newer)).toBeGreaterThan(0)
  })
})

describe('the trash', () => {
  const time = new Date('2026-12-01T09:30:00.123Z')

  test('names a directory by its version and the time to the second', () => {
    const name = trashName(version, time)
    expect(name).toBe('20261122T181502Z-4k7q@20261201T093000Z')
    expect(versionOfTrashName(name)).toBe(version)
    expect(volumeLayout('/srv/gold').sidecar(name)).toBe(`/srv/gold/trash/${name}.json`)
  })

  test.each([
    '../../etc',
    `${version}`,
    `${version}@`,
    `${version}@20261201T093000Z.json`,
    `${version}@1@2`,
    `${version}@20261201T093000Z@2`,
  ])('has no directory of a version called %s', (name) => {
    expect(versionOfTrashName(name)).toBeUndefined()
    expect(() => parseTrashName(name)).toThrow(/trash_name: expected <version>@<time>/)
  })

  test('keeps of a sidecar the fields that it does not know', () => {
    const { house, volume, image: imageId, uid } = document
    const head = { format: 1, house, volume, image: imageId, uid, version, epoch: 1, op_seq: 4 }
    const sidecar = { ...head, whence: 'images/win11-lab', trashed: time.toISOString(), later: 7 }
    expect(parseTrashSidecar(formatTrashSidecar(parseTrashSidecar(bytes(sidecar))))).toMatchObject(sidecar)
    expect(() => parseTrashSidecar(bytes({ ...sidecar, format: 2 }))).toThrow(/found format 2/)
  })
})
