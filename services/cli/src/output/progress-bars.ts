import { MultiBar, type SingleBar } from 'cli-progress'
import type { Progress, ProgressLine, ProgressPlan } from './progress-line.js'
import { Transfer } from './transfer.js'

const nameWidth = 24
const barWidth = 24
/** The name, and what stands beside the bar. */
const textWidth = 80

/** One bar for each file, and one above them for the total. */
export function drawBars(terminal: NodeJS.WriteStream, plan: ProgressPlan | undefined): Progress {
  const bars = new MultiBar({
    stream: terminal,
    hideCursor: true,
    clearOnComplete: false,
    // A bar that is cut off reads better than one that breaks into two lines and is drawn again and again.
    linewrap: false,
    fps: 8,
    barsize: Math.max(4, Math.min(barWidth, terminal.columns - textWidth)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: '{name} {bar} {text}',
  })
  const total = plan && addBar(bars, new Transfer(`total of ${plan.files} files`, plan.bytes))
  const parts: Transfer[] = []
  const showTotal = (): void => total?.update(parts.reduce((sum, { bytes }) => sum + bytes, 0))
  return {
    line: (name, size) => {
      const transfer = new Transfer(name, size)
      const bar = addBar(bars, transfer)
      parts.push(transfer)
      return {
        update: (bytes, remark) => {
          bar.update(bytes, remark)
          showTotal()
        },
        end: (remark) => {
          transfer.update(transfer.total ?? transfer.bytes)
          bar.end(remark)
          showTotal()
        },
      }
    },
    stop: () => bars.stop(),
  }
}

function addBar(bars: MultiBar, transfer: Transfer): ProgressLine {
  const name = transfer.name.padEnd(nameWidth)
  const { total } = transfer
  // Of a pipe nobody knows the end: the bar stays empty and the text counts.
  const bar: SingleBar = bars.create(total || 1, 0, { name, text: '' })
  return {
    update: (bytes, remark) => {
      transfer.update(bytes, remark)
      bar.update(total ? Math.min(bytes, total) : 0, { name, text: transfer.describe() })
    },
    end: (remark) => {
      bar.update(total || 1, { name, text: remark })
      bar.stop()
    },
  }
}
