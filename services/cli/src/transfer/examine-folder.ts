import { openLocalFile, runQuickChecks, type CheckedFile } from '@goldkeep/checks'
import { captureFromProto, findingToProto } from '@goldkeep/contracts'
import { listed, parseFilePath } from '@goldkeep/domain'
import { checksFailed } from '../cli-error.js'
import type { Session } from '../session.js'
import { findingSentence, findingTable, findingView } from '../views/finding-view.js'
import { beginFields, type CaptureOptions } from './capture-options.js'
import type { CaptureDirectory, CaptureFile } from './find-capture-files.js'

/**
 * Makes the quick checks of a folder before anything is sent, as the seal makes them afterwards: the schema, the
 * list of files, and the ends of each.
 * @throws CliError CHECKS_FAILED with what was found, unless `anyway`
 */
export async function examineFolder(
  session: Session,
  directory: string,
  capture: CaptureDirectory,
  imageId: string,
  options: CaptureOptions & { readonly anyway?: boolean },
): Promise<void> {
  const { images } = await session.catalog()
  const fields = beginFields(options, await images.get({ imageId }))
  const found = await runQuickChecks({
    schema: capture.schema,
    capture: captureFromProto({ ...fields.capture, profileId: '' }),
    files: capture.files.map(checkedFile),
  })
  const findings = found.map((one) => findingView(findingToProto(one)))
  for (const one of findings.filter(({ verdict }) => verdict === 'WARN'))
    session.say(`warning: ${findingSentence(one)}`)
  const failed = findings.filter(({ verdict }) => verdict === 'FAIL')
  if (failed.length === 0) return
  const faults = listed(failed.map(findingSentence))
  if (options.anyway) return session.say(`sent nevertheless: ${faults}`)
  session.show({ directory, findings }, (width) => findingTable(findings, width))
  throw checksFailed(
    `nothing was sent: ${directory} would become a version that cannot be deployed: ${faults}. With --anyway it is sent nevertheless`,
  )
}

const checkedFile = ({ path, file, size }: CaptureFile): CheckedFile => ({
  path: parseFilePath(path),
  size,
  localPath: file,
  open: () => openLocalFile(file),
})
