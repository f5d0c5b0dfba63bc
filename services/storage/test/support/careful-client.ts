import type { FilePath, ImageId, UploadEnd, VersionId } from '@goldkeep/domain'
import { schemaPath } from '@goldkeep/domain'
import { formatImageDocument, formatMajor } from '@goldkeep/volume'
import type { StagedUpload } from '../../src/store/upload.js'
import type { AttemptWriter, VersionStore } from '../../src/store/version-store.js'
import { sha256 } from './bytes.js'
import { commandsOf } from './careful-commands.js'
import { knownUpload, knownVersion, type Ledger, type UploadIs } from './ledger.js'
import { manifestOf } from './manifest-of.js'
import { house } from './store-process.js'
import { grantOf, imageUid, schema } from './test-house.js'
import { basesOf } from './bases.js'

/** What a test does to a version store; each promise and each answer is noted in the ledger. */
export type CarefulClient = ReturnType<typeof carefulClient>

/** @param faulty whether the medium fails now and then, which may break what is under way */
export function carefulClient(store: VersionStore, ledger: Ledger, faulty = false) {
  const stage = async (versionId: VersionId, imageId: ImageId): Promise<void> => {
    if (!ledger.uploads.has(versionId))
      ledger.uploads.set(versionId, {
        files: new Map(),
        restarting: new Set(),
        may: new Set<UploadIs>(['ABSENT', 'OPEN']),
      })
    const { phase } = await store.stage(uploadOf(versionId, imageId), schema)
    if (phase === 'OPEN') knownUpload(ledger, versionId).may = new Set(['OPEN'])
  }

  const restart = async (versionId: VersionId, path: FilePath, bytes: Buffer): Promise<AttemptWriter> => {
    const { files, restarting } = knownUpload(ledger, versionId)
    restarting.add(path)
    const writer = await store.openAttempt(versionId, path, { kind: 'restart' }, () => {})
    const mayBreak = faulty
    files.set(path, { attemptId: writer.attemptId, bytes, committed: 0, complete: false, mayBreak })
    restarting.delete(path)
    return writer
  }

  /** Goes on where the store says that the file is; restarts what is not there or broken. */
  const goOn = async (versionId: VersionId, path: FilePath, bytes: Buffer): Promise<AttemptWriter> => {
    const { files } = await store.view(versionId)
    const found = files.find((file) => file.path === path)
    const upload = knownUpload(ledger, versionId)
    const known = upload.files.get(path)
    if (found?.state !== 'STOPPED' || known?.attemptId !== found.attemptId || !known.bytes.equals(bytes))
      return restart(versionId, path, bytes)
    upload.files.set(path, { ...known, mayBreak: faulty })
    const { attemptId, committedSize: offset } = found
    return store.openAttempt(versionId, path, { kind: 'resume', attemptId, offset }, () => {})
  }

  const commit = async (versionId: VersionId, path: FilePath, writer: AttemptWriter): Promise<void> => {
    const committed = await writer.commit()
    const { files } = knownUpload(ledger, versionId)
    const known = files.get(path)
    if (known) files.set(path, { ...known, committed })
  }

  const finish = async (versionId: VersionId, path: FilePath, writer: AttemptWriter): Promise<void> => {
    const { files } = knownUpload(ledger, versionId)
    const known = files.get(path)
    if (!known) throw new Error(`${path} was not begun`)
    await writer.finish(known.bytes.length, sha256(known.bytes))
    files.set(path, { ...known, committed: known.bytes.length, complete: true, mayBreak: false })
  }

  /** Writes the whole file, in two commits and a finish, from wherever it is. */
  const write = async (versionId: VersionId, path: FilePath, bytes: Buffer): Promise<void> => {
    const { files } = await store.view(versionId)
    const found = files.find((file) => file.path === path)
    if (found?.state === 'COMPLETE' && found.sha256 === sha256(bytes)) return
    const writer = await goOn(versionId, path, bytes)
    try {
      const half = Math.max(writer.size, bytes.length >> 1)
      await writer.append(bytes.subarray(writer.size, half))
      await commit(versionId, path, writer)
      await writer.append(bytes.subarray(half))
      await finish(versionId, path, writer)
    } finally {
      await writer.close()
    }
  }

  const seal = async (versionId: VersionId): Promise<void> => {
    const upload = knownUpload(ledger, versionId)
    const { imageId } = (await store.view(versionId)).upload
    const files = new Map<string, Buffer>([[schemaPath, schema]])
    for (const [path, { bytes }] of upload.files) files.set(path, bytes)
    if (!ledger.versions.has(versionId))
      ledger.versions.set(versionId, {
        images: new Set([imageId]),
        files,
        may: new Set(['nowhere', 'versions']),
      })
    upload.may = new Set([...upload.may, 'SEALED', ...(faulty ? (['SEALING'] as const) : [])])
    if (!(await store.completeSeal(versionId))) {
      const list = [...upload.files].map(([path, { bytes }]) => ({
        path,
        size: bytes.length,
        sha256: sha256(bytes),
      }))
      const candidate = await store.prepareSeal(versionId, list)
      await store.seal(versionId, manifestOf(store.identity, candidate))
    }
    // The last record of the journal may have failed; the version is there all the same.
    upload.may = new Set(faulty ? ['SEALED', 'SEALING'] : ['SEALED'])
    knownVersion(ledger, versionId).may = new Set(['versions'])
  }

  const end = async (versionId: VersionId, outcome: UploadEnd, opSeq: number): Promise<void> => {
    const upload = knownUpload(ledger, versionId)
    upload.may = new Set([...upload.may, 'ENDED'])
    const decided = await store.endUpload(versionId, outcome, { epoch: 1, opSeq })
    upload.may = new Set([decided === 'SEALED' ? 'SEALED' : 'ENDED'])
  }

  const publish = async (imageId: ImageId, generation: number, primary?: VersionId): Promise<void> => {
    const known = ledger.images.get(imageId) ?? { generation: 0, mayLink: new Set([undefined]) }
    ledger.images.set(imageId, { ...known, mayLink: new Set([...known.mayLink, primary]) })
    const fields = {
      format: formatMajor,
      house,
      image: imageId,
      uid: imageUid,
      epoch: 1,
      generation,
    } as const
    const document = formatImageDocument({ ...fields, primary: primary ?? null })
    const order = { imageId, imageUid, epoch: 1, generation, document, records: [], ...basesOf(document) }
    await store.publish({ ...order, ...(primary && { primary }) })
    ledger.images.set(imageId, { generation, mayLink: new Set([primary]) })
  }

  return { stage, restart, goOn, commit, finish, write, seal, end, publish, ...commandsOf(store, ledger) }
}

function uploadOf(versionId: VersionId, imageId: ImageId): StagedUpload {
  const { capture, schemaDigest, beginTime } = grantOf()
  return { versionId, imageId, imageUid, capture, schemaDigest, schemaSize: schema.length, beginTime }
}
