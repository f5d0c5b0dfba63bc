import { type catalog, lifecycleWords, presenceWords, verdictWords } from '@goldkeep/contracts'
import { stateWord } from '@goldkeep/domain'
import { formatCount, formatSize, formatTime } from '../output/format.js'
import { formatFields, formatTable } from '../output/table.js'
import { formatLabels } from './image-view.js'
import * as words from './words.js'

export function versionView(version: catalog.Version) {
  const { versionId, imageId, number, note, labels, isPrimary, fileCount, agent, etag } = version
  const { capture, source, pending } = version
  return {
    versionId,
    imageId,
    number,
    reference: `${imageId}@${number}`,
    /** The one word that people see. */
    state: stateOf(version),
    lifecycle: words.lifecycleWord(version.lifecycle),
    verdict: words.verdictWord(version.verdict),
    presence: words.presenceWord(version.presence),
    warnings: version.warningCount,
    pending: pending && { command: words.commandWord(pending.command), since: words.isoTime(pending.since) },
    isPrimary,
    mark: words.markWord(version.mark) || undefined,
    markReason: version.markReason || undefined,
    protected: version.protected,
    note,
    labels,
    fileCount,
    sizeBytes: String(version.sizeBytes),
    files: version.files.map(fileView),
    manifestSha256: words.hexDigest(version.manifestDigest),
    locations: version.locations.map((location) => ({
      volumeId: location.volumeId,
      presence: words.presenceWord(location.presence),
      lastChecked: words.isoTime(location.lastChecked),
      found: location.found || undefined,
    })),
    capture,
    source,
    agent,
    etag,
    createTime: words.isoTime(version.createTime),
    sealTime: words.isoTime(version.sealTime),
    verdictTime: words.isoTime(version.verdictTime),
  }
}

export type VersionView = ReturnType<typeof versionView>

function fileView(file: catalog.FileEntry) {
  const sha256 = words.hexDigest(file.digests.find((digest) => digest.algorithm === 'sha256'))
  return { path: file.path, sizeBytes: String(file.size), sha256, kind: file.kind }
}

function stateOf(version: catalog.Version): string {
  const lifecycle = lifecycleWords.fromProto(version.lifecycle)
  const presence = presenceWords.fromProto(version.presence)
  const verdict = verdictWords.fromProto(version.verdict)
  if (lifecycle && lifecycle !== 'SEALED') return lifecycle
  if (!lifecycle || !presence || !verdict) return 'UNKNOWN'
  return stateWord({ lifecycle, presence, verdict })
}

export function versionTable(versions: readonly VersionView[], image: string, width?: number): string {
  return formatTable(
    {
      head: ['version', 'id', 'state', 'marks', 'size', 'sealed', 'note'],
      nothing: `no versions of ${image} yet; \`goldkeep upload\` makes them`,
      spare: ['id', 'sealed'],
    },
    versions.map((version) => [
      version.reference,
      version.versionId,
      stateWithWarnings(version),
      badges(version),
      formatSize(version.sizeBytes),
      formatTime(version.sealTime),
      version.note,
    ]),
    width,
  )
}

export function versionFields(version: VersionView, width?: number): string {
  const fields = formatFields(
    [
      ['version', `${version.reference}  ${version.versionId}`],
      ['state', [stateWithWarnings(version), badges(version)].filter(Boolean).join(', ')],
      ['pending', version.pending ? `${version.pending.command} ${formatTime(version.pending.since)}` : ''],
      [
        'marked',
        version.mark ? `${version.mark.toLowerCase()}: ${version.markReason ?? 'no reason given'}` : '',
      ],
      ['note', version.note],
      ['labels', formatLabels(version.labels)],
      ['size', `${formatSize(version.sizeBytes)} in ${formatCount(version.fileCount, 'file')}`],
      ['captured', version.capture ? `${version.capture.environment} ${version.capture.type}` : ''],
      ['by', version.agent],
      ['begun', formatTime(version.createTime)],
      ['sealed', formatTime(version.sealTime)],
      ['checked', formatTime(version.verdictTime)],
      ['on', version.locations.map(describeLocation).join(', ')],
      ['manifest', version.manifestSha256 ?? ''],
    ],
    width,
  )
  if (version.files.length === 0) return fields
  const rows = version.files.map(({ path, sizeBytes, kind, sha256 = '' }) => [
    path,
    formatSize(sizeBytes),
    kind,
    sha256,
  ])
  return `${fields}\n\n${formatTable({ head: ['file', 'size', 'kind', 'sha256'], nothing: '' }, rows, width)}`
}

/** `VALID, 2 warnings` */
export function stateWithWarnings({ state, warnings }: Pick<VersionView, 'state' | 'warnings'>): string {
  return warnings > 0 ? `${state}, ${formatCount(warnings, 'warning')}` : state
}

function describeLocation({ volumeId, presence, found }: VersionView['locations'][number]): string {
  return `${volumeId} ${presence}${found ? ` (${found})` : ''}`
}

function badges(version: VersionView): string {
  return [version.isPrimary && 'primary', version.mark?.toLowerCase(), version.protected && 'protected']
    .filter(Boolean)
    .join(', ')
}
