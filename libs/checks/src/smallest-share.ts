/** Of what was in use on the source; compression does not get below it on anything real. */
export const smallestShare = 0.02

export const isTooSmall = (bytes: number | bigint, usedMiB: number): boolean =>
  Number(bytes) < usedMiB * smallestShare * 1024 * 1024
