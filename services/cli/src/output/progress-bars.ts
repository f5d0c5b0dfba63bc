import { MultiBar, type SingleBar } from 'cli-progress'
import { onOneLine } from './printable.js'
import type { Progress, ProgressLine, ProgressPlan } from './progress-line.js'
import { Transfer } from './transfer.js'

const nameWidth = 24
const barWidth = 24
/** The name, and the text beside the bar. */
const textWidth = 80
/** Where the terminal does not say how many it has. */
const usualRows = 24
const clearRest = '\u001b[K'

/**
 * A bar for each file under way, and one above them for the total. A file that has ended becomes a line above
 * the bars, so that the total stays in sight however many files there are.
 */
export function drawBars(terminal: NodeJS.WriteStream, plan: ProgressPlan | undefined): Progress {
  const bars = new MultiBar({
    stream: terminal,
    hideCursor: true,
    clearOnComplete: false,
    // A bar that is cut off reads better than one that breaks into two lines and is drawn again and again.
    linewrap: false,
    fps: 8,
    // The lines above push the bars down: an unchanged bar has to be drawn again as well.
    forceRedraw: true,
    barsize: Math.max(4, Math.min(barWidth, terminal.columns - textWidth)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: '{name} {bar} {text}',
  })
  const total = plan && drawBar(bars, new Transfer(`total of ${plan.files} files`, plan.bytes))
  const parts: Transfer[] = []
  let shown = 0
  const showTotal = (): void => total?.update(parts.reduce((sum, { bytes }) => sum + bytes, 0))
  return {
    line: (name, size) => {
      const transfer = new Transfer(name, size)
      parts.push(transfer)
      // Bars beyond the screen would push the total out of it; their files are counted all the same.
      const hasRoom = shown < (terminal.rows || usualRows) - 2
      const bar = hasRoom ? drawBar(bars, transfer) : undefined
      if (bar) shown += 1
      return {
        update: (bytes, remark) => {
          if (bar) bar.update(bytes, remark)
          else transfer.update(bytes, remark)
          showTotal()
        },
        end: (remark) => {
          transfer.update(transfer.total ?? transfer.bytes)
          bars.log(`${nameOf(transfer)} ${remark}${clearRest}\n`)
          if (bar) shown -= 1
          showTotal()
          bar?.remove()
        },
      }
    },
    stop: () => {
      // The lines of files that have just ended are still to be drawn.
      if (bars.isActive) bars.update()
      bars.stop()
    },
  }
}

const nameOf = ({ name }: Transfer): string => onOneLine(name).padEnd(nameWidth)

interface DrawnBar extends Pick<ProgressLine, 'update'> {
  remove(): void
}

function drawBar(bars: MultiBar, transfer: Transfer): DrawnBar {
  const name = nameOf(transfer)
  const { total } = transfer
  // Of a pipe nobody knows the end: the bar stays empty and the text counts.
  const bar: SingleBar = bars.create(total || 1, 0, { name, text: '' })
  return {
    update: (bytes, remark) => {
      transfer.update(bytes, remark)
      bar.update(total ? Math.min(bytes, total) : 0, { name, text: transfer.describe() })
    },
    remove: () => {
      bar.stop()
      bars.remove(bar)
    },
  }
}
