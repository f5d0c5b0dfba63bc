import { DomainError, listed, type Capture } from '@goldkeep/domain'

export type OnOpenUpload = 'REFUSE' | 'RESUME' | 'REPLACE'

/** An open upload of the same machine and image. */
export interface OpenUpload {
  readonly versionId: string
  readonly begunWith: UploadTerms
  readonly completeFiles: readonly string[]
}

/** What an upload is begun with and stays the same until its seal. */
export interface UploadTerms {
  readonly schemaDigest: string
  readonly capture: Capture
  readonly labels: Readonly<Record<string, string>>
  readonly note: string
}

/**
 * Why a second upload is not begun beside the first, with what is complete in it.
 */
export function openUploadExists(open: OpenUpload, imageId: string): DomainError {
  const complete = open.completeFiles.length === 0 ? 'nothing' : listed(open.completeFiles)
  return new DomainError(
    'OPEN_UPLOAD_EXISTS',
    `this machine has the open upload ${open.versionId} for image ${imageId}, with ${complete} complete; ` +
      'resume it, or replace it',
    { version_id: open.versionId, complete: listed(open.completeFiles) },
  )
}

/**
 * Refuses to resume an upload on other terms than it was begun with: the first ones would count without a word. Labels
 * and a note that are left out are those of the upload.
 * @throws DomainError SCHEMA_MISMATCH; INVALID_FIELD with the field that differs
 */
export function assertSameTerms({ versionId, begunWith }: OpenUpload, terms: UploadTerms): void {
  if (begunWith.schemaDigest !== terms.schemaDigest)
    throw new DomainError(
      'SCHEMA_MISMATCH',
      `upload ${versionId} was begun with another schema; expected sha256 ${begunWith.schemaDigest}, ` +
        `found ${terms.schemaDigest}; replace the upload instead`,
      { version_id: versionId, expected: begunWith.schemaDigest, found: terms.schemaDigest },
    )
  const { capture, labels, note } = begunWith
  assertSameFields(versionId, 'capture', fieldsOfCapture(capture), fieldsOfCapture(terms.capture))
  if (Object.keys(terms.labels).length > 0) assertSameFields(versionId, 'labels', labels, terms.labels)
  if (terms.note !== '') assertSameFields(versionId, '', { note }, { note: terms.note })
}

type Fields = Readonly<Record<string, string>>

const fieldsOfCapture = (capture: Capture): Fields => ({
  environment: capture.environment,
  type: capture.type,
  profile_id: capture.profileId ?? '',
  schema_only: String(capture.schemaOnly),
  skip_lvm_shrink: String(capture.skipLvmShrink),
  custom_schema: String(capture.customSchema),
})

function assertSameFields(versionId: string, of: string, expected: Fields, found: Fields): void {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [first = '', now = ''] = [expected[name], found[name]]
    if (first !== now) throw refuseOther(versionId, of === '' ? name : `${of}.${name}`, first, now)
  }
}

const refuseOther = (versionId: string, field: string, expected: string, found: string): DomainError =>
  new DomainError(
    'INVALID_FIELD',
    `${field}: expected ${JSON.stringify(expected)}, with which upload ${versionId} was begun, ` +
      `found ${JSON.stringify(found)}; resume it with the same, or replace it`,
    { field, expected, found, version_id: versionId },
  )
