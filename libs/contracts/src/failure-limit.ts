import { cleanText, textLimits } from '@goldkeep/domain'

/** Bytes of all failures of one upload together, so that one of thousands of failed files fits into a message. */
const allFailuresBytes = 256 * 1024
const leastBytes = 64

/** Cuts the last words of each producer of an upload, the shorter the more files there are. */
export function cutFailures<File extends { readonly failure: string }>(files: readonly File[]): File[] {
  const share = Math.floor(allFailuresBytes / Math.max(1, files.length))
  const limit = Math.max(leastBytes, Math.min(textLimits.prose, share))
  return files.map((file) => ({ ...file, failure: cleanText(file.failure, limit, 'multi-line') }))
}
