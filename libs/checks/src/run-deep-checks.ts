import type { Finding } from '@goldkeep/domain'
import { expectedFiles, matchFiles } from '@goldkeep/schema'
import { checkDigest, checkSchemaDigest } from './check-digests.js'
import { checkSchemaSound } from './check-schema-sound.js'
import { checkWimContent } from './check-wim-content.js'
import type { DeepCheckOptions } from './deep-check-options.js'
import { isWimName } from './file-kinds.js'
import { withinBounds } from './finding.js'
import { ImageWalk } from './image-walk.js'
import { defaultEmptyShare } from './smallest-share.js'
import type { CheckedFile, CheckSubject } from './subject.js'
import { WimWalk } from './wim-walk.js'

/**
 * The checks that read every byte: digests, in the same reading the stream of pipable WIM files and all of block
 * images, and the content of WIM files through wimlib-imagex. Rejects with the signal's reason when aborted,
 * never for what a file contains.
 */
export async function runDeepChecks(subject: CheckSubject, options: DeepCheckOptions): Promise<Finding[]> {
  const { emptyShare = defaultEmptyShare } = options
  const { schema } = checkSchemaSound(subject.schema)
  const expected = matchFiles(schema ? expectedFiles(schema, subject.capture) : [], [])
  const digests: Finding[] = checkSchemaDigest(subject)
  const contents: Finding[] = []
  const images: Finding[] = []
  const walks = new Map<CheckedFile, WimWalk>()
  for (const file of subject.files) {
    const walk = new WimWalk()
    const called = expected.expectedAt(file.path)
    const image = hasFailed(file, options) ? undefined : new ImageWalk(file.path, called, emptyShare)
    const isWim = isWimName(file.path)
    const digest = await checkDigest(file, options, async (open) => [
      ...(isWim ? await walk.start(open) : []),
      ...((await image?.start(open)) ?? []),
    ])
    digests.push(digest)
    const found = await image?.finding(digest.verdict !== 'ERROR')
    if (found) images.push(found)
    if (isWim) walks.set(file, walk)
  }
  for (const [file, walk] of walks) {
    const digest = digests.find(({ path }) => path === file.path)
    contents.push(await checkWimContent(file, subject.files, { digest, walk }, options))
  }
  return [
    ...withinBounds('digests', digests),
    ...withinBounds('wim-content', contents),
    ...withinBounds('block-image', images),
  ]
}

/** A block image that failed the look at its ends is not decompressed. */
const hasFailed = ({ path }: CheckedFile, { quick = [] }: DeepCheckOptions): boolean =>
  quick.some((found) => found.check === 'block-image' && found.path === path && found.verdict === 'FAIL')

/** What both kinds of checks found; the deep finding of a block image takes the place of the quick one. */
export function combineFindings(quick: readonly Finding[], deep: readonly Finding[]): Finding[] {
  const read = new Set(deep.filter(({ check }) => check === 'block-image').map(({ path }) => path))
  return [...quick.filter(({ check, path }) => check !== 'block-image' || !read.has(path)), ...deep]
}
