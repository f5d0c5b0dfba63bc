/** Bytes from `start` up to and without `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** A reader that jumps about in a file is counted on only up to here, until the next report. */
const maxRanges = 256

/** Adds to ranges that are in order and do not touch. Reading goes on where it was, which costs nothing. */
export function addRange(ranges: Range[], { start, end }: Range): void {
  let at = ranges.length
  while (at > 0 && (ranges[at - 1]?.end ?? 0) >= start) at -= 1
  let until = at
  let merged = { start, end }
  for (let next = ranges[until]; next && next.start <= end; next = ranges[until]) {
    merged = { start: Math.min(merged.start, next.start), end: Math.max(merged.end, next.end) }
    until += 1
  }
  if (until === at && ranges.length >= maxRanges) return
  ranges.splice(at, until - at, merged)
}
