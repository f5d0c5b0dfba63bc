import prettyBytes from 'pretty-bytes'

/** `4.2 GB` */
export function formatSize(bytes: number | bigint | string): string {
  return prettyBytes(Number(bytes))
}

const units: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** `1 file`, `2 files` */
export function formatCount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** `3 min`, `2 h`: the largest unit that fits. */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [size, name] = units.find(([unit]) => whole >= unit) ?? [1, 's']
  return `${Math.round(whole / size)} ${name}`
}

/** `3 min ago`, `in 2 h`, or `-` for no time. */
export function formatTime(time: string | undefined, now: Date = new Date()): string {
  if (!time) return '-'
  const seconds = (now.getTime() - new Date(time).getTime()) / 1000
  if (Math.abs(seconds) < 1) return 'now'
  return seconds > 0 ? `${formatSpan(seconds)} ago` : `in ${formatSpan(-seconds)}`
}

/** `85 MB/s` */
export function formatSpeed(bytesPerSecond: number): string {
  return `${prettyBytes(Math.round(bytesPerSecond))}/s`
}
