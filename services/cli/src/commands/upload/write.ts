import { producerSource, resumeUpload, streamSource, type ByteSource } from '@goldkeep/client'
import { parseFilePath } from '@goldkeep/domain'
import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { usageError } from '../../cli-error.js'
import { startProgress } from '../../output/progress.js'
import type { Session } from '../../session.js'
import { sendFile, type SentFile } from '../../transfer/send-file.js'
import { sendStream } from '../../transfer/send-stream.js'
import { UploadRecords } from '../../transfer/upload-records.js'

interface Options {
  readonly takeOver?: boolean
}

const help = `
From a FILE, the command can be repeated: an unchanged file goes on where it stopped, a changed one starts anew.
From standard input (- or nothing) and from a PRODUCER the file always starts anew.
Prefer \`-- PRODUCER …\` to a pipe: in \`producer | goldkeep …\` nobody sees the producer fail, and what came until
then is taken for the whole. A producer that fails ends with exit code 9.

  goldkeep upload write ID hd0/part1.winpe.wim part1.wim
  goldkeep upload write ID hd0/part3.winpe.wim -- wimlib-imagex capture /mnt - --compress=fast`

export function addUploadWrite(upload: Command, { actWithChild }: Actions): void {
  upload
    .command('write')
    .usage('[options] <upload> <path> [file | -] [-- producer …]')
    .description('write one file of an upload')
    .argument('<upload>')
    .argument('<path>', 'in the version: hd0/part1.winpe.wim')
    .argument('[file]', '"-" for standard input')
    .option('--take-over', 'take the file from another writer that is or was just active')
    .addHelpText('after', help)
    .action(
      actWithChild<Options>(async (session, [versionId = '', path = '', file], options) => {
        parseFilePath(path)
        if (file !== undefined && session.childCommand)
          throw usageError(`expected either a file or a producer after --, found both`)
        const sent = await write(session, versionId, path, file, options.takeOver ?? false)
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
  takeOver: boolean,
): Promise<SentFile> {
  const upload = resumeUpload(await session.catalog(), versionId, session.transferRetry)
  const records = new UploadRecords(session.stateDirectory)
  const progress = startProgress(session)
  try {
    // Asked first, so that no producer is started for an upload that is not there.
    const status = await upload.status()
    if (file === undefined || file === '-')
      return await sendStream({
        upload,
        status,
        records,
        path,
        source: sourceOf(session),
        takeOver,
        progress,
      })
    return await sendFile({ upload, status, records, path, file, takeOver, progress })
  } finally {
    progress.stop()
    upload.close()
  }
}

function sourceOf({ childCommand, environment }: Session): ByteSource {
  const [program, ...parameters] = childCommand ?? []
  if (program !== undefined)
    return producerSource([program, ...parameters], (text) => environment.stderr.write(text))
  if (environment.stdin.isTTY)
    throw usageError('expected a file, a pipe or `-- PRODUCER …`, found a terminal as standard input')
  return streamSource(environment.stdin)
}
