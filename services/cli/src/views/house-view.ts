import type { catalog } from '@goldkeep/contracts'
import { formatCount, formatSize, formatTime } from '../output/format.js'
import { onOneLine } from '../output/printable.js'
import { formatFields, formatTable } from '../output/table.js'
import { isoTime } from './words.js'

export function jobView(job: catalog.Job) {
  return {
    jobId: job.jobId,
    kind: job.kind,
    subjectId: job.subjectId,
    state: job.state,
    attempts: job.attempts,
    workerId: job.workerId || undefined,
    lastError: job.lastError || undefined,
    createTime: isoTime(job.createTime),
    updateTime: isoTime(job.updateTime),
  }
}

export type JobView = ReturnType<typeof jobView>

export function jobTable(jobs: readonly JobView[], width?: number): string {
  return formatTable(
    {
      head: ['job', 'kind', 'of', 'state', 'tries', 'worker', 'changed', 'last error'],
      nothing: 'no open or failed jobs',
      spare: ['worker', 'changed', 'tries'],
    },
    jobs.map((job) => [
      job.jobId,
      job.kind,
      job.subjectId,
      job.state,
      String(job.attempts),
      job.workerId ?? '',
      formatTime(job.updateTime ?? job.createTime),
      job.lastError ?? '',
    ]),
    width,
  )
}

export function volumeView(volume: catalog.Volume) {
  return {
    volumeId: volume.volumeId,
    houseId: volume.houseId,
    address: volume.address,
    capacityBytes: String(volume.capacityBytes),
    freeBytes: String(volume.freeBytes),
    lastSeenTime: isoTime(volume.lastSeenTime),
    troubles: volume.troubles,
    silent: volume.silent,
    lostCount: volume.lostCount,
    retired: volume.retired && {
      time: isoTime(volume.retired.time),
      reason: volume.retired.reason,
      by: volume.retired.actor?.name,
    },
  }
}

export type VolumeView = ReturnType<typeof volumeView>

export function volumeTable(
  volumes: readonly (VolumeView & { readonly reachable: boolean })[],
  width?: number,
): string {
  return formatTable(
    {
      head: ['volume', 'address', 'free', 'of', 'storage'],
      nothing: 'no volume has registered; is a storage service running?',
      spare: ['of', 'address'],
    },
    volumes.map((volume) => [
      volume.volumeId,
      volume.address,
      formatSize(volume.freeBytes),
      formatSize(volume.capacityBytes),
      wordForStorage(volume),
    ]),
    width,
  )
}

export function volumeFields(volume: VolumeView & { readonly reachable: boolean }, width?: number): string {
  const { retired } = volume
  const fields = [
    ['volume', volume.volumeId],
    ['address', volume.address],
    ['free', `${formatSize(volume.freeBytes)} of ${formatSize(volume.capacityBytes)}`],
    ['storage', wordForStorage(volume)],
    ['retired', retired ? `by ${retired.by ?? '?'}: ${retired.reason}` : ''],
    ['not present', volume.lostCount > 0 ? formatCount(volume.lostCount, 'sealed version') : ''],
  ] as const
  const troubles = volume.troubles.map((trouble) => formatFields([['!', onOneLine(trouble)]], width))
  return [formatFields(fields, width), ...troubles].join('\n')
}

/** Something that answers at the address of a silent volume is not its storage service. */
function wordForStorage({
  silent,
  reachable,
  retired,
  lastSeenTime,
}: VolumeView & { readonly reachable: boolean }): string {
  if (retired) return `RETIRED ${formatTime(retired.time)}`
  if (silent) return `SILENT since ${formatTime(lastSeenTime)}`
  return reachable ? 'reachable' : `NOT REACHABLE, last seen ${formatTime(lastSeenTime)}`
}

export function tokenView(token: catalog.Token) {
  return {
    tokenId: token.tokenId,
    name: token.name,
    role: token.role,
    createTime: isoTime(token.createTime),
    lastUsedTime: isoTime(token.lastUsedTime),
    expireTime: isoTime(token.expireTime),
    revokeTime: isoTime(token.revokeTime),
  }
}

export function tokenTable(tokens: readonly ReturnType<typeof tokenView>[], width?: number): string {
  return formatTable(
    {
      head: ['token', 'name', 'role', 'created', 'last used', 'ends'],
      nothing: 'no tokens',
      spare: ['created', 'role', 'last used'],
    },
    tokens.map((token) => [
      token.tokenId,
      token.name,
      token.role,
      formatTime(token.createTime),
      formatTime(token.lastUsedTime),
      token.revokeTime ? `revoked ${formatTime(token.revokeTime)}` : formatTime(token.expireTime),
    ]),
    width,
  )
}

export function primaryChangeTable(
  changes: readonly {
    kind: string
    from?: string | undefined
    to?: string | undefined
    actor?: string | undefined
    reason?: string | undefined
    forced: boolean
    time?: string | undefined
  }[],
  width?: number,
): string {
  return formatTable(
    {
      head: ['when', 'what', 'from', 'to', 'by', 'reason'],
      nothing: 'nothing has been promoted yet',
      spare: ['by'],
    },
    changes.map((change) => [
      formatTime(change.time),
      change.forced ? `${change.kind} by force` : change.kind,
      change.from ?? '-',
      change.to ?? '-',
      change.actor ?? '',
      change.reason ?? '',
    ]),
    width,
  )
}
