import type { catalog } from '@goldkeep/contracts'
import { formatSize, formatTime } from '../output/format.js'
import { onOneLine } from '../output/printable.js'
import { formatFields, formatTable } from '../output/table.js'
import { isoTime } from './words.js'

export function imageView(image: catalog.Image) {
  const { imageId, uid, description, labels, enabled, environment, type, visible, etag } = image
  return {
    imageId,
    uid,
    description,
    labels,
    enabled,
    environment,
    type,
    visible,
    primaryVersionId: image.primaryVersionId || undefined,
    primaryNumber: image.primaryNumber || undefined,
    versionCount: image.versionCount,
    latestNumber: image.latestNumber,
    sizeBytes: String(image.sizeBytes),
    generation: String(image.generation),
    legacyName: image.legacyName || undefined,
    etag,
    createTime: isoTime(image.createTime),
    updateTime: isoTime(image.updateTime),
  }
}

export type ImageView = ReturnType<typeof imageView>

const primaryOf = (image: ImageView): string =>
  image.primaryVersionId ? `@${image.primaryNumber} ${image.primaryVersionId}` : 'none'

export function imageTable(images: readonly ImageView[], width?: number): string {
  return formatTable(
    {
      head: ['image', 'primary', 'versions', 'size', 'captured', 'changed'],
      nothing: 'no images yet; `goldkeep image create NAME` makes one',
      spare: ['changed', 'captured'],
    },
    images.map((image) => [
      image.imageId + (image.enabled ? '' : ' (disabled)'),
      image.primaryNumber ? `@${image.primaryNumber}` : 'none',
      String(image.versionCount),
      formatSize(image.sizeBytes),
      `${image.environment} ${image.type}`,
      formatTime(image.updateTime),
    ]),
    width,
  )
}

export function imageFields(image: ImageView, width?: number, warnings: readonly string[] = []): string {
  return formatFields(
    [
      ['image', image.imageId],
      ['description', image.description],
      ['primary', primaryOf(image)],
      ['warnings', warnings.map(onOneLine).join('\n')],
      [
        'versions',
        image.versionCount > 0 ? `${image.versionCount}, the latest is @${image.latestNumber}` : 'none yet',
      ],
      ['size', formatSize(image.sizeBytes)],
      ['captured', `${image.environment} ${image.type}`],
      ['enabled', image.enabled ? 'yes' : 'no: deployments are refused'],
      ['labels', formatLabels(image.labels)],
      ['created', formatTime(image.createTime)],
      ['uid', image.uid],
    ],
    width,
  )
}

export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
