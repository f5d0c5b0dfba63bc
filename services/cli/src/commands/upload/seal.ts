import { resumeUpload } from '@goldkeep/client'
import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { findUploadId } from '../../transfer/find-upload.js'
import { listFromRecords, listFromSums } from '../../transfer/seal-files.js'
import { sealUpload, showSealed } from '../../transfer/seal-upload.js'
import { UploadRecords } from '../../transfer/upload-records.js'

interface Options {
  readonly sums?: string
}

export function addUploadSeal(upload: Command, { act }: Actions): void {
  upload
    .command('seal')
    .description('make the version; exit code 7 when the quick checks find a fault')
    .argument('<upload>')
    .option('--sums <file>', 'the files and their digests, as sha256sum prints them')
    .addHelpText(
      'after',
      '\nWithout --sums the digests are those counted here while sending; for files that\nwere sent from elsewhere they are the storage service’s own, which is said.',
    )
    .action(
      act<Options>(async (session, [reference = ''], options) => {
        const connection = await session.catalog()
        const versionId = await findUploadId(connection, reference)
        const begun = resumeUpload(connection, versionId, session.transferRetry)
        try {
          const status = await begun.status()
          const records = new UploadRecords(session.stateDirectory)
          const list = options.sums
            ? await listFromSums(options.sums, status)
            : await listFromRecords(begun, status, records)
          const sealed = await sealUpload(session, begun, list)
          await records.forget(versionId)
          showSealed(session, sealed)
          const name = sealed.reference
          session.say(`next: goldkeep version wait ${name} && goldkeep promote ${name}`)
        } finally {
          begun.close()
        }
      }),
    )
}
