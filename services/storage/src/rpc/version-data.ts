import { sha256ToProto, storage } from '@goldkeep/contracts'
import { parseFilePath, parseVersionId } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { readFile, type ReadOutput } from '../operations/read-file.js'
import type { ReadMeter } from '../operations/read-meter.js'
import type { VersionStore } from '../store/version-store.js'
import type { Door } from './authorize.js'
import { sizeFromProto } from './sizes.js'

/** The service that gives out the bytes of sealed versions. */
export function versionDataService(
  door: Door,
  dependencies: { readonly store: VersionStore; readonly meter: ReadMeter },
): storage.VersionDataServiceImplementation {
  const { store } = dependencies
  return {
    async getManifest(request, context) {
      const versionId = parseVersionId(request.versionId)
      await door.readingOf(context, versionId)
      const manifest = await store.readManifest(versionId)
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
      for await (const output of readFile(dependencies, order, makeRoom)) yield encode(output)
    },
  }
}

function encode(output: ReadOutput): { message: storage.ReadResponse['message'] } {
  if (output.kind === 'piece')
    return { message: { $case: 'chunk', value: { offset: BigInt(output.offset), data: output.data } } }
  const { size, sha256 } = output
  return { message: { $case: 'header', value: { size: BigInt(size), digest: sha256ToProto(sha256) } } }
}
