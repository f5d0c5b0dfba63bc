const bytesOfMiB = 1024 * 1024

/** Of what was in use on the source; compression does not get below it on anything real. */
export const smallestShare = 0.02

export const isTooSmall = (bytes: number | bigint, usedMiB: number): boolean =>
  Number(bytes) < usedMiB * smallestShare * bytesOfMiB

/**
 * An image with less than this share of what was in use is nearly empty. Half of what gzip, the best of the
 * packings, makes of nothing but zeros (1 : 1032).
 */
export const defaultEmptyShare = 0.0005
/** A file system of a terabyte can need so much for itself, without any file. */
const surelyNotEmptyMiB = 256

/** Whether so few bytes cannot be what was in use. A share of 0 never says so. */
export const isNearlyEmpty = (bytes: number | bigint, usedMiB: number, emptyShare: number): boolean =>
  emptyShare > 0 && usedMiB >= surelyNotEmptyMiB && Number(bytes) < leastBytes(usedMiB, emptyShare)

/** The fewest bytes that so much in use may become. */
export const leastBytes = (usedMiB: number, share: number): number => Math.ceil(usedMiB * share * bytesOfMiB)
