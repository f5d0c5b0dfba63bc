import type { FilePath, VersionId } from '@goldkeep/domain'
import { schemaPath } from '@goldkeep/domain'
import { knownUpload, type Ledger } from '../../../services/storage/test/support/ledger.js'
import type { RealStorage } from '../../../services/storage/test/support/real-storage.js'
import { imageId, schema } from '../../../services/storage/test/support/test-house.js'
import { openSession, type Content } from './storage-session.js'

export interface CarefulUpload {
  readonly versionId: VersionId
  readonly files: ReadonlyMap<FilePath, Content>
  /** Another way to the storage service than straight. */
  readonly address?: string
  /** Whether the volume fails now and then, which may break what is under way. */
  readonly faulty?: boolean
  /** Told when a connection broke, before the writing goes on over another. */
  readonly onResume?: () => void
}

/** Uploads and seals a version by the client library, and notes in the ledger what was acknowledged. */
export async function uploadCarefully(
  real: RealStorage,
  ledger: Ledger,
  { versionId, files, address = real.address, faulty = false, onResume }: CarefulUpload,
): Promise<void> {
  if (!ledger.uploads.has(versionId))
    ledger.uploads.set(versionId, {
      files: new Map(),
      restarting: new Set(),
      may: new Set(['ABSENT', 'OPEN']),
    })
  const upload = knownUpload(ledger, versionId)
  const session = openSession(real, versionId, { address })
  try {
    await session.open()
    if (upload.may.has('ABSENT')) upload.may = new Set(['OPEN'])
    for (const [path, content] of files)
      if (upload.files.get(path)?.complete !== true) await writeCarefully(session, upload, path, content)
    const sealed = new Map<string, Buffer>([[schemaPath, schema]])
    for (const [path, content] of files) sealed.set(path, content.whole())
    if (!ledger.versions.has(versionId))
      ledger.versions.set(versionId, {
        images: new Set([imageId]),
        files: sealed,
        may: new Set(['nowhere', 'versions']),
      })
    upload.may = new Set(faulty ? ['OPEN', 'SEALED', 'SEALING'] : ['OPEN', 'SEALED'])
    await session.seal(Object.fromEntries(files))
    upload.may = new Set(faulty ? ['SEALED', 'SEALING'] : ['SEALED'])
    const version = ledger.versions.get(versionId)
    if (version) version.may = new Set(['versions'])
  } finally {
    session.close()
  }

  async function writeCarefully(
    to: ReturnType<typeof openSession>,
    { files: known, restarting }: ReturnType<typeof knownUpload>,
    path: FilePath,
    content: Content,
  ): Promise<void> {
    const bytes = content.whole()
    restarting.add(path)
    const stored = await to.write(path, content, {
      writerId: `writer of ${versionId}`,
      ...(onResume && { onResume }),
      onAttempt: async (attemptId) => {
        known.set(path, { attemptId, bytes, committed: 0, complete: false, mayBreak: faulty })
        restarting.delete(path)
      },
      onCommitted: (committed) => {
        const file = known.get(path)
        if (file && !restarting.has(path) && committed > file.committed)
          known.set(path, { ...file, committed })
      },
    })
    const { attemptId } = stored
    known.set(path, { attemptId, bytes, committed: bytes.length, complete: true, mayBreak: false })
  }
}
