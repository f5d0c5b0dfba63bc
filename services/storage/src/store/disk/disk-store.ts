import { DomainError, type FilePath, type ImageId, type UploadEnd, type VersionId } from '@goldkeep/domain'
import {
  formatManifest,
  parseManifest,
  type Manifest,
  type TrashName,
  type VolumeIdentity,
} from '@goldkeep/volume'
import { join } from 'node:path'
import type {
  CloneCommand,
  CommandOrder,
  MoveCommand,
  PurgeCommand,
  Purged,
  RestoreCommand,
  TrashCommand,
} from '../version-commands.js'
import type { Publication, PublishedImage } from '../publication.js'
import type { SealEntry, StagedUpload, UploadView } from '../upload.js'
import type { Unreadable } from '../unreadable.js'
import type {
  AttemptMode,
  AttemptWriter,
  ExaminedVersion,
  OpenFile,
  SealCandidate,
  StoredVersion,
  TrashedVersion,
  VersionCopy,
  VersionStore,
} from '../version-store.js'
import { cloneVersion } from './clone-version.js'
import { completeSeal } from './complete-seal.js'
import { endUpload, requireEndable } from './end-upload.js'
import { examineVersion } from './examine-version.js'
import { refuseFormer, uploadNotFound } from './find-held.js'
import { forgetUpload } from './forget-upload.js'
import { describeFaults } from './io-faults.js'
import { listTroubles } from './list-troubles.js'
import { lookAgain } from './look-again.js'
import { moveVersion } from './move-version.js'
import { openAttempt } from './open-attempt.js'
import { openStoredFile } from './open-stored-file.js'
import { compareWithStaged, readStagedSchema, refuseStrays } from './prepare-seal.js'
import { publishImage } from './publish-image.js'
import { purgeVersion } from './purge-version.js'
import { openHeldFile, readHeldManifest } from './read-held.js'
import { restoreVersion } from './restore-version.js'
import { stageUpload } from './stage-upload.js'
import type { StagedDirectory } from './staged-upload.js'
import { trashVersion } from './trash-version.js'
import { viewOfSealed } from './view-of-sealed.js'
import { requireReadable, requireRecovered, type VolumeContents } from './volume-contents.js'

/** The version store on a directory of a local or NFS file system. */
export class DiskStore implements VersionStore {
  constructor(
    readonly identity: VolumeIdentity,
    private readonly volume: VolumeContents,
  ) {}

  get epoch(): number {
    const published = [...this.volume.documents.values()].map(({ document }) => document.epoch)
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
      return (await stageUpload(this.volume, upload, schema)).view
    })
  }

  async view(versionId: VersionId): Promise<UploadView> {
    requireRecovered(this.volume, versionId)
    const staged = this.volume.uploads.get(versionId)
    if (staged) return staged.view
    if (this.volume.index.has(versionId))
      return viewOfSealed(parseManifest(await this.readManifest(versionId)))
    refuseFormer(this.volume, versionId)
    requireReadable(this.volume, versionId)
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

  forgetUpload(versionId: VersionId): Promise<void> {
    return describeFaults(`forget upload ${versionId}`, () => forgetUpload(this.volume, versionId))
  }

  requireEndable(versionId: VersionId, order: CommandOrder): void {
    requireEndable(this.volume, versionId, order)
  }

  endUpload(versionId: VersionId, outcome: UploadEnd, order: CommandOrder): Promise<UploadEnd | 'SEALED'> {
    return endUpload(this.volume, versionId, outcome, order)
  }

  trash(command: TrashCommand): Promise<TrashName> {
    return trashVersion(this.volume, command)
  }

  restore(command: RestoreCommand): Promise<StoredVersion> {
    return restoreVersion(this.volume, command)
  }

  purge(command: PurgeCommand): Promise<Purged> {
    return purgeVersion(this.volume, command)
  }

  clone(command: CloneCommand): Promise<StoredVersion> {
    return cloneVersion(this.volume, command)
  }

  move(command: MoveCommand): Promise<StoredVersion> {
    return moveVersion(this.volume, command)
  }

  findVersion(versionId: VersionId): StoredVersion | undefined {
    return this.volume.index.get(versionId)
  }

  versions(): readonly StoredVersion[] {
    return [...this.volume.index.values()]
  }

  trashed(): readonly TrashedVersion[] {
    return [...this.volume.trash.values()]
  }

  copies(): readonly VersionCopy[] {
    return this.volume.copies
  }

  unreadable(): readonly Unreadable[] {
    return [...this.volume.unreadable]
  }

  examine(versionId: VersionId, imageId: ImageId): Promise<ExaminedVersion> {
    return examineVersion(this.volume, versionId, imageId)
  }

  lookAgain(unreadable: Unreadable): Promise<void> {
    return describeFaults('look again', () => lookAgain(this.volume, unreadable))
  }

  readManifest(versionId: VersionId): Promise<Uint8Array> {
    return readHeldManifest(this.volume, versionId)
  }

  openFile(versionId: VersionId, path: FilePath): Promise<OpenFile> {
    return openHeldFile(this.volume, versionId, path)
  }

  publish(publication: Publication): Promise<number> {
    const publish = () => publishImage(this.volume, publication)
    return describeFaults(`publish ${publication.imageId}`, publish)
  }

  publications(): readonly PublishedImage[] {
    return [...this.volume.documents.values()].map(({ document, sha256 }) => ({
      imageId: document.image,
      imageUid: document.uid,
      epoch: document.epoch,
      generation: document.generation,
      nextNumber: document.next_number ?? 0,
      isDeleted: Boolean(document.deleted_at),
      sha256,
    }))
  }

  lastCommands(): readonly (CommandOrder & { readonly versionId: VersionId })[] {
    return this.volume.commands.lastOrders()
  }

  troubles(): readonly string[] {
    return listTroubles(this.volume)
  }

  space(): Promise<{ capacityBytes: number; freeBytes: number }> {
    return this.volume.root.room.measure()
  }

  async close(): Promise<void> {
    await this.volume.purges.stop(
      new DomainError('SHUTTING_DOWN', 'storage is stopping; repeat when it is back'),
    )
    for (const { journal } of this.volume.uploads.values()) await journal.close()
    await this.volume.commands.close()
  }

  #staged(versionId: VersionId): StagedDirectory {
    requireRecovered(this.volume, versionId)
    const staged = this.volume.uploads.get(versionId)
    if (staged) return staged
    if (this.volume.index.has(versionId))
      throw new DomainError('SEAL_BEGUN', `version ${versionId} is sealed; begin another upload`)
    refuseFormer(this.volume, versionId)
    requireReadable(this.volume, versionId)
    throw uploadNotFound(versionId)
  }
}
