import { producerSource, resumeUpload, streamSource, type ByteSource, type Listener } from '@goldkeep/client'
import { commandLine, parseFilePath } from '@goldkeep/domain'
import type { Command } from 'commander'
import { parseSpan, type Actions } from '../../act.js'
import { usageError } from '../../cli-error.js'
import { startProgress } from '../../output/progress.js'
import type { Session } from '../../session.js'
import { findUploadId } from '../../transfer/find-upload.js'
import { listenTo } from '../../transfer/child-listener.js'
import { sayHowToGoOn, type GoingOn } from '../../transfer/how-to-go-on.js'
import { sendFile, type SentFile } from '../../transfer/send-file.js'
import { sendStream } from '../../transfer/send-stream.js'
import { UploadRecords } from '../../transfer/upload-records.js'

interface Options {
  readonly takeOver?: boolean
  /** In milliseconds. */
  readonly waitForSpace?: number
}

/** A capture that ends for want of room has to be made again; a file can be sent again. */
const pipeWaitsForSpaceMs = 30 * 60_000

const help = `
From a FILE, the command can be repeated: an unchanged file goes on where it
stopped, a changed one starts anew. From standard input (- or nothing) and from
a PRODUCER the file always starts anew.
Prefer \`-- PRODUCER …\` to a pipe: in \`producer | goldkeep …\` nobody sees the
producer fail, and what came until then is taken for the whole. A producer that
fails ends with exit code 9.
When the volume is full, a pipe or a producer is held until there is room again,
and loses nothing by it.

  goldkeep upload write ID hd0/part1.winpe.wim part1.wim
  goldkeep upload write ID hd0/part3.winpe.wim -- wimlib-imagex capture /mnt -`

export function addUploadWrite(upload: Command, { actWithChild }: Actions): void {
  upload
    .command('write')
    .usage('[options] <upload> <path> [file | -- PRODUCER …]')
    .description('write one file of an upload')
    .argument('<upload>')
    .argument('<path>', 'in the version: hd0/part1.winpe.wim')
    .argument('[file]', '"-" for standard input')
    .option('--take-over', 'take the file from another writer that is or was just active')
    .option('--wait-for-space <time>', 'how long to wait for room on a full volume (pipes 30m)', parseSpan)
    .allowExcessArguments()
    .addHelpText('after', help)
    .action(
      actWithChild<Options>(async (session, [reference = '', path = '', file], options) => {
        parseFilePath(path)
        if (file !== undefined && session.childCommand)
          throw usageError(`expected either a file or a producer after --, found both`)
        const goingOn = howToGoOn(session, reference, path, file)
        const versionId = await findUploadId(await session.catalog(), reference)
        const sent = await sayHowToGoOn(session, goingOn, () =>
          write(session, versionId, path, file, options),
        )
        if (sent.size === 0) session.say(`${path}: nothing came, and an empty file was stored`)
        session.show(
          { versionId, path, sizeBytes: String(sent.size), sha256: sent.sha256, how: sent.how },
          () => `${sent.sha256}  ${path}`,
        )
      }),
    )
}

async function write(
  session: Session,
  versionId: string,
  path: string,
  file: string | undefined,
  options: Options,
): Promise<SentFile> {
  const upload = resumeUpload(await session.catalog(), versionId, session.transferRetry)
  const records = new UploadRecords(session.stateDirectory)
  const progress = startProgress(session)
  const producer = listenTo(session, 'producer')
  try {
    // Asked first, so that no producer is started for an upload that is not there.
    const status = await upload.status()
    const common = { upload, status, records, path, takeOver: options.takeOver ?? false, progress }
    if (file !== undefined && file !== '-')
      return await sendFile({ ...common, file, waitForSpaceMs: options.waitForSpace ?? 0 })
    const waitForSpaceMs = options.waitForSpace ?? pipeWaitsForSpaceMs
    return await sendStream({ ...common, source: sourceOf(session, producer), waitForSpaceMs })
  } finally {
    producer.endLine()
    progress.stop()
    upload.close()
  }
}

function howToGoOn(
  { childCommand }: Session,
  versionId: string,
  path: string,
  file: string | undefined,
): GoingOn {
  const command = ['goldkeep', 'upload', 'write', versionId, path]
  const anew = 'this one file starts anew'
  if (childCommand)
    return { versionId, command: commandLine(...command, '--', ...childCommand), effect: anew }
  if (file !== undefined && file !== '-')
    return {
      versionId,
      command: commandLine(...command, file),
      effect: 'goes on where it stopped, if the file is unchanged',
    }
  return { versionId, command: `… | ${commandLine(...command)}`, effect: anew }
}

function sourceOf(session: Session, listener: Listener): ByteSource {
  const { childCommand, environment } = session
  const [program, ...parameters] = childCommand ?? []
  if (program !== undefined) return producerSource([program, ...parameters], listener)
  if (environment.stdin.isTTY)
    throw usageError('expected a file, a pipe or `-- PRODUCER …`, found a terminal as standard input')
  return streamSource(environment.stdin)
}
