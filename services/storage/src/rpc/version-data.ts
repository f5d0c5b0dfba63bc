import { sha256ToProto, storage } from '@goldkeep/contracts'
import { DomainError, isDomainError, parseFilePath, parseVersionId, type VersionId } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { readFile, type ReadOutput } from '../operations/read-file.js'
import type { ReadMeter } from '../operations/read-meter.js'
import type { VersionLooks } from '../operations/version-looks.js'
import type { VersionStore } from '../store/version-store.js'
import type { Door } from './authorize.js'
import { sizeFromProto } from './sizes.js'

/** The service that gives out the bytes of sealed versions. */
export function versionDataService(
  door: Door,
  dependencies: { readonly store: VersionStore; readonly meter: ReadMeter; readonly looks: VersionLooks },
): storage.VersionDataServiceImplementation {
  const { store } = dependencies
  return {
    async getManifest(request, context) {
      const versionId = parseVersionId(request.versionId)
      await door.readingOf(context, versionId)
      const manifest = await store
        .readManifest(versionId)
        .catch((error: unknown) => throwExamined(dependencies, versionId, error))
      return { manifest, manifestDigest: sha256ToProto(createHash('sha256').update(manifest).digest('hex')) }
    },

    async *read(request, context) {
      const versionId = parseVersionId(request.versionId)
      const { deploymentId } = await door.readingOf(context, versionId)
      const order = {
        versionId,
        path: parseFilePath(request.path),
        offset: sizeFromProto('offset', request.offset),
        length: sizeFromProto('length', request.length),
        held: sizeFromProto('held', request.held),
        ...(deploymentId !== undefined && { deploymentId }),
      }
      const makeRoom = (offset: number, length: number): Uint8Array =>
        storage.makeRoom('read', offset, length)
      try {
        for await (const output of readFile(dependencies, order, makeRoom)) yield encode(output)
      } catch (error) {
        await throwExamined(dependencies, versionId, error)
      }
    },
  }
}

/** These say that something is wrong with the version, and not with the request. */
const faults = ['VERSION_DAMAGED', 'VERSION_NOT_FOUND', 'IO_ERROR'] as const

/**
 * The error of a read. When it says that something is wrong with the version the volume is looked at, and the catalog
 * told of what is there.
 */
async function throwExamined(
  { store, looks }: { readonly store: VersionStore; readonly looks: VersionLooks },
  versionId: VersionId,
  error: unknown,
): Promise<never> {
  const live = store.findVersion(versionId)
  if (!live || !faults.some((reason) => isDomainError(error, reason))) throw error
  const examined = await looks.examine(versionId, live.imageId).catch(() => undefined)
  if (examined?.presence !== 'MISSING') throw error
  throw new DomainError(
    'VERSION_MISSING',
    `version ${versionId}: its bytes are missing from the volume (${examined.found})`,
    { version_id: versionId },
    { cause: error },
  )
}

function encode(output: ReadOutput): { message: storage.ReadResponse['message'] } {
  if (output.kind === 'piece')
    return { message: { $case: 'chunk', value: { offset: BigInt(output.offset), data: output.data } } }
  const { size, sha256 } = output
  return { message: { $case: 'header', value: { size: BigInt(size), digest: sha256ToProto(sha256) } } }
}
