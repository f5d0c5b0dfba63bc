import { createHash } from 'node:crypto'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { catalog, sha256ToProto } from '@goldkeep/contracts'
import { newUid, newHouseId, newVersionId, newVolumeId, parseFilePath, parseImageId } from '@goldkeep/domain'
import { formatManifest, formatVolumeIdentity, volumeLayout } from '@goldkeep/volume'
import { temporaryDirectory } from '@goldkeep/testing'

const imageId = parseImageId('win11-lab')
const house = newHouseId()
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export type CaptureChoice = Partial<Pick<catalog.Capture, 'environment' | 'type'>>

/** A volume with its identity, as a worker has it mounted. */
export async function makeVolume() {
  const directory = await temporaryDirectory('volume')
  const volumeId = newVolumeId()
  const layout = volumeLayout(directory.path)
  await writeFile(layout.identity, formatVolumeIdentity({ format: 1, house, volume: volumeId }))

  /** Puts a sealed version there, and says what a validate job of it is to do. */
  const addVersion = async (
    schema: string,
    files: Readonly<Record<string, Uint8Array>>,
    { environment = 'winpe', type = 'file' }: CaptureChoice = {},
  ) => {
    const versionId = newVersionId(new Date())
    const at = (path: string): string => join(layout.version(imageId, versionId), path)
    const all = Object.entries({ schema: Buffer.from(schema), ...files })
    for (const [path, bytes] of all) {
      await mkdir(dirname(at(path)), { recursive: true })
      await writeFile(at(path), bytes)
    }
    const capture = { schemaOnly: false, skipLvmShrink: false, customSchema: false }
    const manifest = formatManifest({
      format: 1,
      house,
      volume: volumeId,
      image: imageId,
      uid: newUid(),
      version: versionId,
      began: '2026-11-22T18:15:02.000Z',
      sealed: '2026-11-22T18:25:02.000Z',
      capture: { ...capture, environment: environment as 'winpe', type: type as 'file' },
      files: all.map(([path, bytes]) => ({
        path: parseFilePath(path),
        size: bytes.length,
        digests: { sha256: sha256(bytes) },
        kind: 'unknown',
      })),
    })
    await writeFile(layout.manifest(imageId, versionId), manifest)
    const value = catalog.ValidateWork.fromPartial({
      versionId,
      imageId,
      volumeId,
      capture: { ...capture, environment, type },
      manifestDigest: sha256ToProto(sha256(manifest)),
    })
    return { work: { $case: 'validate' as const, value }, at, directory: layout.version(imageId, versionId) }
  }
  return { path: directory.path, addVersion, remove: directory.remove }
}

/** A version whose one file is so large (and sparse) that a validation takes many seconds. */
export async function addLongVersion(volume: Awaited<ReturnType<typeof makeVolume>>) {
  const schema = '{"harddrives":[{"partitions":[{"number":"1","fsType":"ntfs"}]}]}'
  const files = { 'hd0/table': Buffer.alloc(512, 1), 'hd0/part1.ntfs.lz4': Buffer.alloc(1) }
  const version = await volume.addVersion(schema, files, { environment: 'linux', type: 'block' })
  const size = 64 * 1024 ** 3
  await truncate(version.at('hd0/part1.ntfs.lz4'), size)
  const path = version.at('version.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { files: { path: string; size: number }[] }
  for (const file of manifest.files) if (file.path === 'hd0/part1.ntfs.lz4') file.size = size
  const bytes = Buffer.from(JSON.stringify(manifest))
  await writeFile(path, bytes)
  return {
    $case: 'validate' as const,
    value: { ...version.work.value, manifestDigest: sha256ToProto(sha256(bytes)) },
  }
}
