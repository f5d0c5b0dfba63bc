import { DomainError, type FilePath, type UploadEnd, type VersionId } from '@goldkeep/domain'
import {
  formatManifest,
  parseManifest,
  volumeLayout,
  type Manifest,
  type VolumeIdentity,
} from '@goldkeep/volume'
import { join } from 'node:path'
import type { SealEntry, StagedUpload, UploadView } from '../upload.js'
import type {
  AttemptMode,
  AttemptWriter,
  CommandOrder,
  OpenFile,
  Publication,
  PublishedImage,
  SealCandidate,
  StoredVersion,
  VersionStore,
} from '../version-store.js'
import { completeSeal } from './complete-seal.js'
import { endUpload } from './end-upload.js'
import { removeJournal } from './end-staging.js'
import { describeFaults } from './io-faults.js'
import { openAttempt } from './open-attempt.js'
import { openSealedFile, openStoredFile } from './open-stored-file.js'
import { compareWithStaged, readStagedSchema, refuseStrays } from './prepare-seal.js'
import { publishImage } from './publish-image.js'
import { stageUpload } from './stage-upload.js'
import { StagedDirectory, uploadEnded } from './staged-upload.js'
import { viewOfSealed } from './view-of-sealed.js'
import { requireRecovered, type VolumeContents } from './volume-contents.js'
import { readWhole, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** The version store on a directory of a local or NFS file system. */
export class DiskStore implements VersionStore {
  constructor(
    readonly identity: VolumeIdentity,
    private readonly volume: VolumeContents,
  ) {}

  get epoch(): number {
    const published = [...this.volume.documents.values()].map(({ epoch }) => epoch)
    return Math.max(this.volume.commands.highestEpoch, ...published)
  }

  async stage(upload: StagedUpload, schema: Uint8Array): Promise<UploadView> {
    const { versionId } = upload
    requireRecovered(this.volume, versionId)
    return describeFaults(`open upload ${versionId}`, async () => {
      if (this.volume.index.has(versionId) || this.volume.uploads.has(versionId)) {
        const view = await this.view(versionId)
        if (view.upload.schemaDigest === upload.schemaDigest) return view
        throw new DomainError('SCHEMA_MISMATCH', `upload ${versionId} was opened with another schema`)
      }
      this.#refuseEnded(versionId)
      const staged = await stageUpload(this.volume.root, upload, schema)
      this.volume.uploads.set(versionId, staged)
      return staged.view
    })
  }

  async view(versionId: VersionId): Promise<UploadView> {
    requireRecovered(this.volume, versionId)
    const staged = this.volume.uploads.get(versionId)
    if (staged) return staged.view
    this.#refuseEnded(versionId)
    const version = this.volume.index.get(versionId)
    if (version) return viewOfSealed(parseManifest(await this.readManifest(versionId)))
    throw uploadNotFound(versionId)
  }

  views(): readonly UploadView[] {
    return [...this.volume.uploads.values()].map(({ view }) => view)
  }

  async openAttempt(
    versionId: VersionId,
    path: FilePath,
    mode: AttemptMode,
    onHashing: (bytes: number) => void,
  ): Promise<AttemptWriter> {
    return describeFaults(`open ${path}`, () => openAttempt(this.#staged(versionId), path, mode, onHashing))
  }

  async prepareSeal(versionId: VersionId, entries: readonly SealEntry[]): Promise<SealCandidate> {
    const staged = this.#staged(versionId)
    compareWithStaged(staged.view, entries)
    staged.requireOpen()
    const { root } = this.volume
    const open = (path: string, sha256: string): Promise<OpenFile> =>
      openStoredFile(root, join(staged.tree, path), sha256)
    const schema = await describeFaults(`look at upload ${versionId}`, async () => {
      await refuseStrays(root, staged)
      return readStagedSchema(root, staged)
    })
    const files = entries.map((entry) => ({ ...entry, open: () => open(entry.path, entry.sha256) }))
    return { view: staged.view, schema, files }
  }

  async seal(versionId: VersionId, manifest: Manifest): Promise<StoredVersion> {
    const staged = this.#staged(versionId)
    staged.requireOpen()
    const text = Buffer.from(formatManifest(manifest)).toString('utf8')
    await describeFaults(`seal ${versionId}`, () => staged.record({ t: 'sealing', manifest: text }))
    const version = await this.completeSeal(versionId)
    if (!version) throw new Error(`the seal of ${versionId} was lost`)
    return version
  }

  completeSeal(versionId: VersionId): Promise<StoredVersion | undefined> {
    return completeSeal(this.volume, versionId)
  }

  async forgetUpload(versionId: VersionId): Promise<void> {
    const staged = this.volume.uploads.get(versionId)
    if (staged?.state.phase !== 'SEALED') return
    this.volume.uploads.delete(versionId)
    await staged.journal.close()
    await removeJournal(this.volume.root, layout.staging(versionId), this.volume.log)
  }

  endUpload(versionId: VersionId, outcome: UploadEnd, order: CommandOrder): Promise<UploadEnd | 'SEALED'> {
    return endUpload(this.volume, versionId, outcome, order)
  }

  findVersion(versionId: VersionId): StoredVersion | undefined {
    return this.volume.index.get(versionId)
  }

  versions(): readonly StoredVersion[] {
    return [...this.volume.index.values()]
  }

  async readManifest(versionId: VersionId): Promise<Uint8Array> {
    const version = this.#version(versionId)
    const path = layout.manifest(version.imageId, versionId)
    const bytes = await describeFaults(`read ${path}`, () => readWhole(this.volume.root, path))
    if (!bytes) throw new DomainError('VERSION_NOT_FOUND', `${path} is gone from the volume`)
    if (sha256Of(bytes) !== version.manifestDigest)
      throw new DomainError('VERSION_DAMAGED', `${path} is not what it was when storage started`)
    return bytes
  }

  async openFile(versionId: VersionId, path: FilePath): Promise<OpenFile> {
    const { files } = parseManifest(await this.readManifest(versionId))
    const entry = files.find((file) => file.path === path)
    if (!entry)
      throw new DomainError('FILE_NOT_FOUND', `version ${versionId} has no file ${path}`, {
        version_id: versionId,
        path,
      })
    const directory = layout.version(this.#version(versionId).imageId, versionId)
    return describeFaults(`open ${path}`, () => openSealedFile(this.volume.root, directory, entry))
  }

  async publish(publication: Publication): Promise<number> {
    const { root, documents } = this.volume
    const { imageId } = publication
    const document = await describeFaults(`publish ${imageId}`, () =>
      publishImage(root, publication, documents.get(imageId)),
    )
    documents.set(imageId, document)
    return document.generation
  }

  publications(): readonly PublishedImage[] {
    return [...this.volume.documents.values()].map(({ image, uid, epoch, generation }) => ({
      imageId: image,
      imageUid: uid,
      epoch,
      generation,
    }))
  }

  async space(): Promise<{ capacityBytes: number; freeBytes: number }> {
    const { bsize, blocks, bavail } = await this.volume.root.sys.statfs(
      `/proc/self/fd/${this.volume.root.fd}`,
    )
    return { capacityBytes: blocks * bsize, freeBytes: bavail * bsize }
  }

  async close(): Promise<void> {
    for (const { journal } of this.volume.uploads.values()) await journal.close()
    await this.volume.commands.close()
  }

  #refuseEnded(versionId: VersionId): void {
    const command = this.volume.commands.find(versionId)
    if (command && command.outcome !== 'SEALED') throw uploadEnded(versionId, command.outcome)
  }

  #staged(versionId: VersionId): StagedDirectory {
    requireRecovered(this.volume, versionId)
    const staged = this.volume.uploads.get(versionId)
    if (staged) return staged
    this.#refuseEnded(versionId)
    if (this.volume.index.has(versionId))
      throw new DomainError('SEAL_BEGUN', `version ${versionId} is sealed; begin another upload`)
    throw uploadNotFound(versionId)
  }

  #version(versionId: VersionId): StoredVersion {
    const version = this.volume.index.get(versionId)
    if (version) return version
    throw new DomainError('VERSION_NOT_FOUND', `this volume holds no sealed version ${versionId}`, {
      version_id: versionId,
    })
  }
}

function uploadNotFound(versionId: VersionId): DomainError {
  return new DomainError('UPLOAD_NOT_FOUND', `no upload ${versionId} is open on this volume`, {
    version_id: versionId,
  })
}
