import { commandLine } from '@goldkeep/domain'
import type { Command } from 'commander'
import { parseCount, parseSpan, type Actions } from '../../act.js'
import { CliError, usageError } from '../../cli-error.js'
import { startProgress } from '../../output/progress.js'
import type { Session } from '../../session.js'
import { beginOrResume, type DirectoryUpload } from '../../transfer/begin-or-resume.js'
import { addCaptureOptions, type CaptureOptions } from '../../transfer/capture-options.js'
import { examineFolder } from '../../transfer/examine-folder.js'
import { findEqualVersion } from '../../transfer/find-equal-version.js'
import { findCaptureFiles, type CaptureDirectory } from '../../transfer/find-capture-files.js'
import { namesOf } from '../../output/printable.js'
import { orSay, sayHowToGoOn } from '../../transfer/how-to-go-on.js'
import { inParallel } from '../../transfer/in-parallel.js'
import { sealUpload, showSealed, type SealedUpload } from '../../transfer/seal-upload.js'
import { refuseOtherFiles } from '../../transfer/refuse-other-files.js'
import { sendFile, type SentFile } from '../../transfer/send-file.js'
import { UploadRecords } from '../../transfer/upload-records.js'
import { waitForVerdict } from '../../wait-for-verdict.js'
import type { UploadSession } from '@goldkeep/client'

interface Options extends CaptureOptions {
  readonly image?: string
  readonly wait?: boolean
  readonly parallel: number
  readonly takeOver?: boolean
  readonly anyway?: boolean
  /** In milliseconds. */
  readonly waitForSpace?: number
}

const waitMs = 3_600_000

/** `upload DIR` itself: the command that holds the others. */
export function makeUploadDirectory(upload: Command, { act }: Actions): void {
  addCaptureOptions(
    upload
      .usage('[options] <dir> --image <image>  |  upload <command>')
      .argument('[dir]', 'a folder with schema and hd0/, hd1/, …')
      .option('--image <image>', 'the image that gets the version')
      .option('--wait', 'wait for the verdict of the checks')
      .option('--parallel <n>', 'how many files at once', parseCount, 4)
      .option('--anyway', 'send the folder although its files cannot be deployed')
      .option('--take-over', 'take files from another writer that is or was just active')
      .option('--wait-for-space <time>', 'how long to wait for room on a full volume', parseSpan),
  )
    .addHelpText(
      'after',
      '\nThe command can be repeated: it goes on where it stopped, and skips what is\ncomplete.',
    )
    .action(
      act<Options>(async (session, [directory], options) => {
        if (directory === undefined || options.image === undefined)
          throw usageError('expected a folder and --image IMAGE, or a command; see `goldkeep upload --help`')
        const capture = await findCaptureFiles(directory)
        if (capture.leftOut.length > 0)
          session.say(`left out, no part of a capture: ${namesOf(capture.leftOut)}`)
        await examineFolder(session, directory, capture, options.image, options)
        const begun = await beginOrResume(session, directory, capture, options.image, options)
        try {
          await uploadFolder(session, directory, capture, options.image, options, begun)
        } finally {
          begun.upload.close()
        }
      }),
    )
}

async function uploadFolder(
  session: Session,
  directory: string,
  capture: CaptureDirectory,
  image: string,
  options: Options,
  begun: DirectoryUpload,
): Promise<void> {
  const { upload, resumed, sealedFiles } = begun
  const { versionId } = upload
  if (!sealedFiles) session.say(`${resumed ? 'going on with' : 'began'} upload ${versionId}`)
  const goingOn = {
    versionId,
    command: commandLine('goldkeep', 'upload', directory, '--image', image),
    effect: 'goes on where it stopped',
  }
  const files =
    sealedFiles ?? (await sayHowToGoOn(session, goingOn, () => sendAll(session, upload, capture, options)))
  const sealed = await sealUpload(session, upload, { files, onStorageWord: [] })
  if (sealedFiles)
    session.say(`${sealed.reference} was sealed already by an earlier run, with the files of this folder`)
  const equal = await findEqualVersion(session, versionId, files).catch(() => undefined)
  if (equal !== undefined) session.say(`the files are the same, byte for byte, as those of ${equal}`)
  // A run that is broken off before it has told the outcome is followed by one that does.
  await tellOutcome(session, sealed, options.wait ?? false).catch(async (error: unknown) => {
    if (error instanceof CliError && error.reason === 'CHECKS_FAILED') await begun.forget()
    throw error
  })
  await begun.forget()
}

async function tellOutcome(session: Session, sealed: SealedUpload, wait: boolean): Promise<void> {
  const { reference } = sealed
  const waits = wait && sealed.faults === undefined
  // One document in all: with --wait the verdict's, which holds the seal's.
  if (!waits || !session.options.json) showSealed(session, sealed)
  if (!waits) return session.say(`next: goldkeep version wait ${reference} && goldkeep promote ${reference}`)
  await orSay(
    session,
    `${reference} is sealed, and its checks go on: goldkeep version wait ${reference}`,
    () => awaitVerdict(session, sealed),
  )
}

async function sendAll(
  session: Session,
  upload: UploadSession,
  { files }: CaptureDirectory,
  options: Options,
): Promise<SentFile[]> {
  const records = new UploadRecords(session.stateDirectory)
  const status = await upload.status()
  refuseOtherFiles(status, files)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const progress = startProgress(session, { files: files.length, bytes })
  const { takeOver = false, waitForSpace: waitForSpaceMs = 0 } = options
  const sent: SentFile[] = []
  try {
    await inParallel(options.parallel, files, async ({ path, file }) => {
      sent.push(await sendFile({ upload, status, records, path, file, takeOver, progress, waitForSpaceMs }))
    })
    return sent.toSorted((one, other) => one.path.localeCompare(other.path))
  } finally {
    progress.stop()
  }
}

async function awaitVerdict(session: Session, { versionId, document }: SealedUpload): Promise<void> {
  const { versions } = await session.catalog()
  const version = await versions.get({ by: { $case: 'versionId', value: versionId } })
  await waitForVerdict(session, version, waitMs, document)
}
