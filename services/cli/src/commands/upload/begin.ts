import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import type { Actions } from '../../act.js'
import { agentName } from '../../agent-name.js'
import { beginOnce } from '../../transfer/begin-once.js'
import { addCaptureOptions, beginFields, type CaptureOptions } from '../../transfer/capture-options.js'
import { formatTable } from '../../output/table.js'
import { uploadView } from '../../views/upload-view.js'

interface Options extends CaptureOptions {
  readonly schema: string
}

export function addUploadBegin(upload: Command, { act }: Actions): void {
  addCaptureOptions(
    upload
      .command('begin')
      .description('begin an upload; prints its id on standard output')
      .argument('<image>')
      .requiredOption('--schema <file>', 'the JSON that describes the captured disks'),
  ).action(
    act<Options>(async (session, [imageId = ''], options) => {
      const schema = await readFile(options.schema)
      const connection = await session.catalog()
      const image = await connection.images.get({ imageId })
      const request = { ...beginFields(options, image), schema, agent: agentName }
      const { session: begun, answer, forgetRequest } = await beginOnce(session, request)
      begun.close()
      const view = answer.upload && uploadView(answer.upload)
      const expectedFiles = answer.expectedFiles.map(({ pattern, description, optional }) => ({
        pattern,
        description,
        optional,
      }))
      const document = { ...view, resumed: answer.resumed, expectedFiles, settings: answer.settings }
      session.show(document, () => begun.versionId)
      await forgetRequest()
      const rows = expectedFiles.map((file) => [
        file.pattern,
        `${file.description}${file.optional ? ' (may be left out)' : ''}`,
      ])
      session.say(
        formatTable(
          { head: ['the schema calls for', 'which holds'], nothing: 'the schema calls for no files' },
          rows,
          session.widthOf('stderr'),
        ),
      )
      session.say(
        `next: goldkeep upload write ${begun.versionId} PATH FILE, then goldkeep upload seal ${begun.versionId}`,
      )
    }),
  )
}
