import { catalog, maxReportItems } from '@goldkeep/contracts'
import type { ReadCount } from './read-meter.js'

/** Files of an upload in one item: with the longest last words each, some 300 KiB. */
export const filesOfItem = 64
/** Bytes of one report, far below what the transport takes; an item is smaller than the difference. */
const partBytes = 1024 * 1024

/** What every part of a report says. */
export type ReportHead = Pick<catalog.ReportProgressRequest, 'volumeId' | 'instanceId' | 'troubles'> &
  Partial<Pick<catalog.ReportProgressRequest, 'capacityBytes' | 'freeBytes'>>

/** Some files of an upload, or what one deployment has read. */
export type ReportItem =
  | { readonly upload: catalog.UploadProgress; readonly read?: undefined; readonly message?: undefined }
  | { readonly upload?: undefined; readonly read: ReadCount; readonly message: catalog.ReadProgress }

/** At least one part: an empty report still says that the volume is there. */
export function* inParts(items: readonly ReportItem[]): Generator<ReportItem[]> {
  let part: ReportItem[] = []
  let bytes = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (part.length === maxReportItems || (part.length > 0 && bytes + size > partBytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(item)
    bytes += size
  }
  yield part
}

function sizeOf({ upload, message }: ReportItem): number {
  const encoded = upload ? catalog.UploadProgress.encode(upload) : catalog.ReadProgress.encode(message)
  return encoded.finish().length
}

export const subjectOf = (item: ReportItem | undefined): string =>
  item?.upload?.versionId ?? item?.read?.deploymentId ?? 'the report'
