import type { CatalogConnection } from '@goldkeep/client'
import { setTimeout as pause } from 'node:timers/promises'
import { collectPages } from './collect-pages.js'
import { formatSpeed } from './output/format.js'
import { onOneLine } from './output/printable.js'
import { formatFields } from './output/table.js'
import { listVolumes, type ReachedVolume } from './reach-volumes.js'
import type { Session } from './session.js'
import { deploymentTable, deploymentView, type DeploymentView } from './views/deployment-view.js'
import { jobTable, jobView, volumeTable, type JobView } from './views/house-view.js'
import { uploadTable, uploadView, type UploadView } from './views/upload-view.js'
import { versionView, type VersionView } from './views/version-view.js'

/** Between two looks at the uploads, to tell their speed; the catalog hears of bytes every 2 s. */
const speedMs = 2_500

export interface HouseStatus {
  readonly uploads: readonly (UploadView & { readonly bytesPerSecond: number })[]
  readonly deployments: readonly DeploymentView[]
  readonly jobs: readonly JobView[]
  readonly volumes: readonly ReachedVolume[]
  /** One sentence each. */
  readonly trouble: readonly string[]
}

/** All that an operator wants to see at once. */
export async function gatherStatus(session: Session): Promise<HouseStatus> {
  const connection = await session.catalog()
  const { uploads, deployments, jobs } = connection
  const listUploads = async (): Promise<UploadView[]> => {
    const found = await collectPages(
      (pageToken) => uploads.list({ pageToken }),
      (page) => page.uploads,
    )
    return found.map(uploadView)
  }
  const [before, deploymentList, jobList, volumeList, primaries] = await Promise.all([
    listUploads(),
    collectPages(
      (pageToken) => deployments.list({ pageToken }),
      (page) => page.deployments,
    ),
    collectPages(
      (pageToken) => jobs.list({ pageToken }),
      (page) => page.jobs,
    ),
    listVolumes(connection),
    listPrimaries(connection),
  ])
  const now = before.length > 0 ? await lookAgain(session, listUploads) : before
  const jobViews = jobList.map(jobView)
  return {
    uploads: now.map((upload) => ({ ...upload, bytesPerSecond: speedOf(upload, before) })),
    deployments: deploymentList.map(deploymentView),
    jobs: jobViews,
    volumes: volumeList.volumes,
    trouble: [
      ...volumeList.troubles,
      ...primaries.filter((version) => version.state !== 'VALID').map(primaryTrouble),
      ...jobViews.filter((job) => job.state === 'failed').map(failedJob),
      ...jobViews.filter(isStuck).map(stuckJob),
      ...volumeList.volumes
        .filter((volume) => !volume.reachable && !volume.silent && !volume.retired)
        .map((volume) => `the storage service of ${volume.volumeId} does not answer at ${volume.address}`),
      ...volumeList.volumes.flatMap(({ volumeId, troubles }) =>
        troubles.map((text) => `${volumeId}: ${text}`),
      ),
      ...now.flatMap(uploadTrouble),
    ],
  }
}

export function statusText(status: HouseStatus, width?: number): string {
  const inner = width && width - indent.length
  const speeds = status.uploads
    .filter((upload) => upload.bytesPerSecond > 0)
    .map((upload) => `${upload.reference} receives ${formatSpeed(upload.bytesPerSecond)}`)
  return [
    section('uploads', [uploadTable(status.uploads, inner), ...speeds].join('\n')),
    section('deployments', deploymentTable(status.deployments, inner)),
    section('jobs', jobTable(status.jobs, inner)),
    section('space', volumeTable(status.volumes, inner)),
    section(
      'trouble',
      status.trouble.length > 0
        ? status.trouble.map((line) => formatFields([['!', onOneLine(line)]], inner)).join('\n')
        : 'none',
    ),
  ].join('\n\n')
}

const indent = '  '

const section = (title: string, text: string): string =>
  `${title.toUpperCase()}\n${text.replace(/^(?=.)/gm, indent)}`

async function lookAgain(session: Session, list: () => Promise<UploadView[]>): Promise<UploadView[]> {
  await pause(speedMs, undefined, { signal: session.signal })
  return list()
}

function speedOf(upload: UploadView, before: readonly UploadView[]): number {
  const earlier = before.find((one) => one.versionId === upload.versionId)
  if (!earlier) return 0
  return Math.max(
    0,
    Math.round((Number(upload.committedBytes) - Number(earlier.committedBytes)) / (speedMs / 1000)),
  )
}

async function listPrimaries(connection: CatalogConnection): Promise<VersionView[]> {
  const images = await collectPages(
    (pageToken) => connection.images.list({ pageToken }),
    (page) => page.images,
  )
  const ids = images.map((image) => image.primaryVersionId).filter((id) => id !== '')
  const versions = ids.map((value) => connection.versions.get({ by: { $case: 'versionId', value } }))
  return (await Promise.all(versions)).map(versionView)
}

/** Tries that fail are no trouble until they are more than a restart of a service explains. */
const manyTries = 3

const isStuck = (job: JobView): boolean =>
  job.state !== 'failed' && job.attempts >= manyTries && job.lastError !== undefined

function failedJob({ jobId, kind, subjectId, lastError = 'no reason given' }: JobView): string {
  if (kind !== 'validate') return `job ${jobId} (${kind} of ${subjectId}) failed: ${lastError}`
  return `version ${subjectId} is not judged: ${lastError.replace(/\s*\n\s*/g, '; ')}; when that is mended: goldkeep version validate ${subjectId}`
}

const stuckJob = ({ jobId, kind, subjectId, attempts, lastError }: JobView): string =>
  `job ${jobId} (${kind} of ${subjectId}) has failed ${attempts} times and is tried again: ${lastError ?? ''}`

/** What a primary that cannot be deployed means, in each state. */
const consequences: Readonly<Record<string, string>> = {
  MISSING: 'new deployments are refused, and a share link that was set stays as it was',
  DAMAGED: 'new deployments are refused unless they are forced',
  UNREADABLE: 'its volume cannot read it at present, and tries again by itself',
}

function primaryTrouble({ reference, state, locations }: VersionView): string {
  const found = locations.flatMap((location) => location.found ?? [])
  const why = found.length > 0 ? ` (${found.join('; ')})` : ''
  const what = consequences[state]
  const head = `the primary ${reference} is ${state}${why}`
  const todo =
    state === 'MISSING' ? `goldkeep version show ${reference}` : `goldkeep version checks ${reference}`
  return `${head}${what ? `: ${what}` : ''}; see \`${todo}\``
}

function uploadTrouble(upload: UploadView): string[] {
  return upload.files
    .filter((file) => file.state === 'FAILED')
    .map(
      (file) =>
        `upload ${upload.reference}, ${file.path}: its producer failed: ${(file.failure ?? '?').replace(/\n/g, ' / ')}; run it again`,
    )
}
