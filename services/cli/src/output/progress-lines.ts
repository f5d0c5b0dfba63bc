import type { Session } from '../session.js'
import type { Progress, ProgressPlan } from './progress-line.js'
import { Transfer } from './transfer.js'

const sentenceEveryMs = 5_000
const documentEveryMs = 1_000

/** A sentence every few seconds where no terminal is, and with `--json` a document every second. */
export function printTransfers(session: Session, plan: ProgressPlan | undefined): Progress {
  const { json } = session.options
  const everyMs = json ? documentEveryMs : sentenceEveryMs
  const total = plan && new Transfer('total', plan.bytes)
  const parts: Transfer[] = []
  const underWay = new Set<Transfer>()
  let printedAt = performance.now()
  const print = (transfer: Transfer, end?: string): void => {
    if (!json) return session.say(`${transfer.name}: ${end ?? transfer.describe()}`)
    const progress = { ...transfer.document(), ...(end !== undefined && { end }) }
    session.environment.stderr.write(`${JSON.stringify({ progress })}\n`)
  }
  const printNowAndThen = (): void => {
    total?.update(parts.reduce((sum, { bytes }) => sum + bytes, 0))
    if (performance.now() - printedAt < everyMs) return
    printedAt = performance.now()
    for (const transfer of underWay) print(transfer)
    if (total) print(total)
  }
  return {
    line: (name, size) => {
      const transfer = new Transfer(name, size)
      parts.push(transfer)
      underWay.add(transfer)
      return {
        update: (bytes, remark) => {
          transfer.update(bytes, remark)
          printNowAndThen()
        },
        end: (remark) => {
          transfer.update(transfer.total ?? transfer.bytes)
          underWay.delete(transfer)
          print(transfer, remark)
        },
      }
    },
    stop: () => {},
  }
}
