import { catalog, findingToProto, lifecycleWords, markWords, verdictWords } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { parseManifest } from '@goldkeep/volume'
import type { Kysely } from 'kysely'
import { getImage } from '../db/images-queries.js'
import type { DB } from '../db/tables.js'
import { getVersion, getVersionBytes, listVersions } from '../db/versions-queries.js'
import { getChecks } from '../operations/get-checks.js'
import { markVersion } from '../operations/mark-version.js'
import { resolveVersion } from '../operations/resolve-version.js'
import { revalidateVersion } from '../operations/revalidate-version.js'
import type { KnownCaller } from './door.js'
import { encodeVersion } from './encode-version.js'
import { decodeOrdinal, readPage } from './page.js'

/** The Versions service. */
export function versionsService(db: Kysely<DB>): catalog.VersionsServiceImplementation<KnownCaller> {
  return {
    get: async (request) => {
      const versionId = await versionIdOf(db, request)
      const { manifest } = await getVersionBytes(db, versionId)
      const files = manifest ? parseManifest(manifest).files : []
      return encodeVersion(await getVersion(db, versionId), files)
    },
    list: async ({ filter, pageSize, pageToken }) => {
      const image = filter?.imageId ? await getImage(db, filter.imageId) : undefined
      const wanted = {
        ...(image && { imageUid: image.uid }),
        lifecycles: decodeWanted('filter.lifecycles', filter?.lifecycles, lifecycleWords.fromProto),
        verdicts: decodeWanted('filter.verdicts', filter?.verdicts, verdictWords.fromProto),
      }
      const read = (limit: number, before: number | undefined) => listVersions(db, wanted, { limit, before })
      const page = await readPage(pageSize, decodeOrdinal(pageToken), {
        read,
        keyOf: (version) => version.ordinal,
        encode: (version) => encodeVersion(version),
        codec: catalog.Version,
      })
      return { versions: page.items, nextPageToken: page.nextPageToken }
    },
    mark: async (request, { actor }) => {
      const marking = { ...request, mark: decodeMark(request.mark) }
      return encodeVersion(await db.transaction().execute((trx) => markVersion(trx, marking, actor)))
    },
    getChecks: async ({ versionId }) => {
      const { verdict, findings, progress, fault } = await getChecks(db, versionId)
      return {
        versionId,
        verdict: verdictWords.toProto(verdict),
        findings: findings.map(({ finding, checkedAt }) => findingToProto(finding, checkedAt)),
        progress,
        fault,
      }
    },
    revalidate: async ({ versionId }, { actor }) =>
      encodeVersion(await db.transaction().execute((trx) => revalidateVersion(trx, versionId, actor))),
  }
}

/** A state of a later contract is refused: left out, it would make the filter let other versions through. */
function decodeWanted<Value, Word>(
  field: string,
  values: readonly Value[] = [],
  wordOf: (value: Value) => Word | undefined,
): Word[] {
  return values.map((value) => {
    const word = wordOf(value)
    if (word !== undefined) return word
    throw new DomainError(
      'INVALID_FIELD',
      `${field}: expected states that are known here, found ${String(value)}`,
      {
        field,
      },
    )
  })
}

/** A mark of a later contract is refused: taken for none, it would take the present one away. */
function decodeMark(mark: catalog.Mark) {
  const word = markWords.fromProto(mark)
  if (word !== undefined || mark === catalog.Mark.MARK_UNSPECIFIED) return word
  throw new DomainError('INVALID_FIELD', `mark: expected good, bad or none, found ${mark}`, { field: 'mark' })
}

async function versionIdOf(db: Kysely<DB>, { by }: catalog.GetVersionRequest): Promise<string> {
  if (by?.$case === 'versionId') return by.value
  if (by?.$case === 'reference') return resolveVersion(db, by.value)
  throw new DomainError('INVALID_FIELD', 'by: expected a version_id or a reference, found neither', {
    field: 'by',
  })
}
