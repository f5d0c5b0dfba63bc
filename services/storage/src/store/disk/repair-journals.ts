import { isVersionId, type VersionId } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import { join } from 'node:path'
import type { CommandRecord } from './command-records.js'
import { decodeCommands } from './commands-file.js'
import { listDirectory, makeDirectory, withDirectory, type VolumeRoot } from './directories.js'
import { readImageDocument } from './image-documents.js'
import { encodeFrame, encodeFrames, type DecodedJournal } from './journal-frames.js'
import { uploadDecoder } from './upload-journal.js'
import { replay, type UploadRecord } from './upload-records.js'
import { listImages } from './version-index.js'
import { readWhole, replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/**
 * More epochs than a catalog can have given out between the last record that can be read and the damage: each
 * restore of a database takes one.
 */
const epochLeap = 1_000

export interface RepairedJournal {
  readonly path: string
  /** Where the damaged file is kept as it was; or the upload's directory, with all that is in it. */
  readonly keptAs: string
  /** How many are in the journal now; absent when the upload's directory was taken away. */
  readonly records?: number
}

/**
 * Makes damaged journals usable again, each after a copy of it was made. An administrator's act: what the lost
 * records said is not known any more.
 *
 * Of the commands' journal all records that can be read are kept, and every command of an epoch until now is
 * refused from then on: the catalog raises its epoch when it hears of the new one, and gives its orders again.
 * A seal or an end that an upload's journal still tells is gone on with. Otherwise the upload goes on with the
 * files that are known, and every one of them has to be started anew, since a later attempt may have taken the
 * place of the one that is known. An upload of which the journal's first record is lost is set aside whole.
 * @param witnessed how many frames the journal of commands has had at least
 */
export async function repairJournals(
  root: VolumeRoot,
  time: Date,
  witnessed: number,
): Promise<RepairedJournal[]> {
  const stamp = time.toISOString().replace(/\W/g, '')
  const repaired: RepairedJournal[] = []
  const commands = await readDamaged(root, layout.commands, (bytes) => decodeCommands(bytes, witnessed))
  if (commands) {
    const records = withLeap(commands, await highestPublished(root), time)
    repaired.push(
      await replaceJournal(root, layout.commands, `commands.journal-${stamp}`, records, witnessed),
    )
  }
  for (const version of (await listDirectory(root, layout.stagingRoot)).filter(isVersionId)) {
    const journal = layout.journal(version)
    const damaged = await readDamaged(root, journal, await uploadDecoder(root, version))
    if (!damaged) continue
    repaired.push(
      damaged.records.length > 0
        ? await replaceJournal(root, journal, `${version}.journal-${stamp}`, withoutLost(damaged, time))
        : await setAside(root, version, `${version}-${stamp}`),
    )
  }
  return repaired
}

async function readDamaged(
  root: VolumeRoot,
  path: string,
  decode: (bytes: Uint8Array) => DecodedJournal,
): Promise<DecodedJournal | undefined> {
  const decoded = decode((await readWhole(root, path)) ?? new Uint8Array())
  return decoded.end === 'damaged' ? decoded : undefined
}

async function replaceJournal(
  root: VolumeRoot,
  path: string,
  copyName: string,
  records: readonly unknown[],
  leastFrames = 0,
): Promise<RepairedJournal> {
  const keptAs = join(layout.damaged, copyName)
  await makeDirectory(root, layout.damaged)
  await replaceFile(root, keptAs, (await readWhole(root, path)) ?? new Uint8Array())
  const frames = [...encodeFrames(records)]
  // Empty ones in the place of those that are lost: else the journal would still count as too short.
  while (frames.length < leastFrames) frames.push(encodeFrame([], frames.length))
  await replaceFile(root, path, Buffer.concat(frames))
  return { path, keptAs, records: records.length }
}

async function setAside(root: VolumeRoot, version: VersionId, name: string): Promise<RepairedJournal> {
  await makeDirectory(root, layout.damaged)
  await withDirectory(root, layout.stagingRoot, (staging) =>
    withDirectory(root, layout.damaged, async (damaged) => {
      await root.sys.rename(staging.at(version), damaged.at(name))
      await Promise.all([damaged.sync(), staging.sync()])
    }),
  )
  return { path: layout.journal(version), keptAs: join(layout.damaged, name) }
}

/** The highest epoch under which an image was published here. The journal may have lost all that it had. */
async function highestPublished(root: VolumeRoot): Promise<number> {
  let highest = 0
  for (const imageId of await listImages(root)) {
    const held = await readImageDocument(root, imageId).catch(() => undefined)
    highest = Math.max(highest, held?.document.epoch ?? 0)
  }
  return highest
}

function withLeap({ records, later }: DecodedJournal, published: number, time: Date): unknown[] {
  const known = [...records, ...later] as CommandRecord[]
  const epochs = known.map((record) => ('epoch' in record ? record.epoch : 0))
  const highest = epochs.reduce((epoch, other) => Math.max(epoch, other), published)
  const leap = { t: 'repaired', epoch: highest + epochLeap, time: time.toISOString() } satisfies CommandRecord
  return [...known, leap]
}

function withoutLost({ records, later }: DecodedJournal, time: Date): readonly unknown[] {
  const decided = (later as UploadRecord[]).filter(
    ({ t }) => t === 'sealing' || t === 'sealed' || t === 'ended',
  )
  const { phase, files } = replay([...records, ...decided])
  if (phase !== 'OPEN') return [...records, ...decided]
  const failure = 'the journal of the upload was damaged; start the file anew'
  const broken = [...files.values()].map(
    ({ path, attemptId: attempt }) =>
      ({ t: 'broken', path, attempt, failure, time: time.toISOString() }) satisfies UploadRecord,
  )
  return [...records, ...broken]
}
