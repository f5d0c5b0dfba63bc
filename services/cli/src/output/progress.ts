import { MultiBar, type SingleBar } from 'cli-progress'
import type { Session } from '../session.js'
import { formatSize, formatSpan, formatSpeed } from './format.js'
import { Speedometer } from './speedometer.js'

/** How one file comes along. */
export interface ProgressLine {
  update(bytes: number, remark?: string): void
  end(remark: string): void
}

/** Bars on a terminal, a line now and then elsewhere, nothing when quiet. */
export interface Progress {
  line(name: string, total: number | undefined): ProgressLine
  /** Leaves the terminal in order. */
  stop(): void
}

const plainEveryMs = 5_000

export function startProgress(session: Session): Progress {
  const { stderr } = session.environment
  if (session.options.quiet) return { line: () => ({ update: () => {}, end: () => {} }), stop: () => {} }
  return stderr.isTTY ? drawBars(session) : printLines(session)
}

function drawBars(session: Session): Progress {
  const bars = new MultiBar({
    stream: session.environment.stderr as NodeJS.WriteStream,
    hideCursor: true,
    clearOnComplete: false,
    fps: 8,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: '{name} {bar} {text}',
  })
  return {
    line: (name, total) => {
      const speed = new Speedometer()
      const shown = name.padEnd(24)
      // Of a pipe nobody knows the end: the bar stays empty and the text counts.
      const bar: SingleBar = bars.create(total || 1, 0, { name: shown, text: '' })
      return {
        update: (bytes, remark) => {
          speed.add(bytes)
          bar.update(total ? Math.min(bytes, total) : 0, {
            name: shown,
            text: describe(bytes, total, speed, remark),
          })
        },
        end: (remark) => {
          bar.update(total || 1, { name: shown, text: remark })
          bar.stop()
        },
      }
    },
    stop: () => bars.stop(),
  }
}

function printLines(session: Session): Progress {
  return {
    line: (name, total) => {
      const speed = new Speedometer()
      let printedAt = performance.now()
      return {
        update: (bytes, remark) => {
          speed.add(bytes)
          if (performance.now() - printedAt < plainEveryMs) return
          printedAt = performance.now()
          session.say(`${name}: ${describe(bytes, total, speed, remark)}`)
        },
        end: (remark) => session.say(`${name}: ${remark}`),
      }
    },
    stop: () => {},
  }
}

/** `1.2 GB of 4.2 GB, 85 MB/s, 35 s left` */
export function describe(
  bytes: number,
  total: number | undefined,
  speed: Speedometer,
  remark: string | undefined,
): string {
  const rate = speed.bytesPerSecond()
  const left = total && rate > 0 ? `${formatSpan((total - bytes) / rate)} left` : undefined
  const done = total ? `${formatSize(bytes)} of ${formatSize(total)}` : formatSize(bytes)
  return [done, formatSpeed(rate), left, remark].filter(Boolean).join(', ')
}
