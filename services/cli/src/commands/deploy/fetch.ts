import { feedConsumer, openDeployment, type DeploymentSession } from '@goldkeep/client'
import { commandLine, schemaPath } from '@goldkeep/domain'
import type { Command } from 'commander'
import { parseCount, type Actions } from '../../act.js'
import { CliError, usageError } from '../../cli-error.js'
import { formatCount, formatSize } from '../../output/format.js'
import { namesOf } from '../../output/printable.js'
import { startProgress } from '../../output/progress.js'
import type { Progress, ProgressPlan } from '../../output/progress-line.js'
import type { Session } from '../../session.js'
import { fetchAll, fetchOne, type FetchedFile } from '../../transfer/fetch-files.js'
import { listenTo } from '../../transfer/child-listener.js'
import { pipeOut, withProgress } from '../../transfer/pipe-out.js'

interface Options {
  readonly to?: string
  readonly file?: string
  readonly parallel: number
}

const help = `
  goldkeep deploy fetch ID --to DIR
      all files and the schema; skips what is there and right, and goes on where
      it was broken off
  goldkeep deploy fetch ID --file PATH --to -
      one file on standard output
  goldkeep deploy fetch ID --file PATH -- CONSUMER …
      one file into a program

A folder that holds another version stays as it is until all files of the new
one have come beside it; while they change places it has no schema. Files that
the new version does not have are moved aside.
Every byte is checked against the digest in the orders. Prefer a CONSUMER to a
pipe: it is killed when the bytes are not right or do not come whole, since
\`wimlib-imagex apply -\` takes a short stream for a whole one.`

export function addDeployFetch(deploy: Command, { actWithChild }: Actions): void {
  deploy
    .command('fetch')
    .usage('[options] <deployment> --to DIR | --file PATH …')
    .description('read the version that a deployment has pinned')
    .argument('<deployment>')
    .option('--to <dir>', 'where to put the files; "-" for standard output')
    .option('--file <path>', 'only this file, such as hd0/part1.winpe.wim')
    .option('--parallel <n>', 'how many files at once', parseCount, 4)
    .allowExcessArguments()
    .addHelpText('after', help)
    .action(
      actWithChild<Options>(async (session, [deploymentId = ''], options) => {
        refuseMixtures(session, options)
        const connection = await session.catalog()
        const deployment = await openDeployment(connection, deploymentId, session.transferRetry)
        try {
          await fetch(session, deployment, options)
        } finally {
          deployment.close()
        }
      }),
    )
}

async function fetch(session: Session, deployment: DeploymentSession, options: Options): Promise<void> {
  const { to, file: path } = options
  const progress = startProgress(session, path === undefined ? planOf(deployment) : undefined)
  let fetched: readonly FetchedFile[]
  try {
    if (path === undefined) fetched = await fetchFolder(session, deployment, to ?? '', options, progress)
    else if (to !== undefined && to !== '-')
      fetched = [await fetchOne(deployment, deployment.file(path), to, progress)]
    else {
      const file = deployment.file(path)
      const bytes = withProgress(deployment.read(file), progress.line(path, file.size))
      await (to === '-' ? pipeOut(session.environment.stdout, bytes) : feed(session, bytes))
      return
    }
  } finally {
    progress.stop()
  }
  const { versionId = '', deploymentId = '' } = deployment.orders.deployment ?? {}
  session.show({ deploymentId, versionId, files: fetched }, () => {
    const bytes = fetched.reduce((sum, file) => sum + Number(file.sizeBytes), 0)
    return `${formatCount(fetched.length, 'file')}, ${formatSize(bytes)}, all with the right digest, in ${to}`
  })
  session.say(`next: goldkeep deploy finish ${deploymentId}`)
}

async function fetchFolder(
  session: Session,
  deployment: DeploymentSession,
  to: string,
  { parallel }: Options,
  progress: Progress,
): Promise<readonly FetchedFile[]> {
  try {
    const { files, aside, foreign } = await fetchAll(deployment, to, parallel, progress)
    if (aside !== undefined) session.say(`moved aside, files of another version: ${aside}`)
    if (foreign.length > 0) session.say(`left as they were, no part of the version: ${namesOf(foreign)}`)
    return files
  } catch (error) {
    // What stopped it before it began left nothing to go on with.
    if (error instanceof CliError) throw error
    session.say(
      `${to} holds what it held before, or has no schema and is no whole capture yet; what has come is kept.\n` +
        `  go on: ${commandLine('goldkeep', 'deploy', 'fetch', deployment.orders.deployment?.deploymentId ?? '', '--to', to)}`,
    )
    throw error
  }
}

function planOf({ files }: DeploymentSession): ProgressPlan {
  // The schema comes with the orders and has no line of its own.
  const fetched = files.filter((file) => file.path !== schemaPath)
  return { files: fetched.length, bytes: fetched.reduce((sum, { size }) => sum + size, 0) }
}

async function feed(session: Session, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const { childCommand, signal } = session
  const [program = '', ...parameters] = childCommand ?? []
  const consumer = listenTo(session, 'consumer')
  const listener = { ...consumer, signal }
  const taken = await feedConsumer([program, ...parameters], bytes, listener).finally(consumer.endLine)
  if (taken === 'some')
    session.say(
      `${program} ended well before it had read the whole file; the rest was read and its digest is right`,
    )
}

function refuseMixtures(
  { childCommand, environment, options: { json } }: Session,
  { to, file }: Options,
): void {
  if (childCommand && (to !== undefined || file === undefined))
    throw usageError('a consumer after -- takes one file: expected --file PATH and no --to')
  if (!childCommand && to === undefined)
    throw usageError('expected --to DIR, --to -, or a consumer after --; found none')
  if (to === '-' && file === undefined)
    throw usageError('standard output takes one file: expected --file PATH as well')
  if (to === '') throw usageError('--to: expected a folder, found nothing')
  if (to === '-' && environment.stdout.isTTY)
    throw usageError('expected a file or a pipe as standard output, found a terminal')
  if (to === '-' && json)
    throw usageError('expected one of --json and --to -, which both write to standard output')
}
