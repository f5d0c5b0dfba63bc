import type { Finding } from '@goldkeep/domain'
import { counted, finding } from './finding.js'
import { runWimlib, type WimlibOptions } from './wimlib.js'

const newline = 0x0a
const firstPrintable = 0x20
const del = 0x7f
/** Of a name, as far as it is shown. */
const shownBytes = 200

/** Counts the lines of a listing that hold control characters, and keeps the first; its memory is bounded. */
class ControlCharacters {
  count = 0
  first = ''
  private line = Buffer.alloc(0)
  private isOdd = false

  push(text: Uint8Array): void {
    let begin = 0
    for (let at = 0; at < text.length; at += 1) {
      const byte = text[at] ?? 0
      if (byte === newline) {
        this.keep(text.subarray(begin, at))
        this.endLine()
        begin = at + 1
      } else if (byte < firstPrintable || byte === del) this.isOdd = true
    }
    this.keep(text.subarray(begin))
  }

  private keep(text: Uint8Array): void {
    if (this.line.length < shownBytes) this.line = Buffer.concat([this.line, text]).subarray(0, shownBytes)
  }

  private endLine(): void {
    if (this.isOdd) {
      this.count += 1
      if (this.count === 1) this.first = JSON.stringify(this.line.toString('utf8'))
    }
    this.line = Buffer.alloc(0)
    this.isOdd = false
  }
}

/** Adds to the finding of a sound image that some of its files have names which Windows cannot make. */
export async function checkNames(
  sound: Finding,
  localPath: string,
  options: WimlibOptions,
): Promise<Finding> {
  const names = new ControlCharacters()
  const run = await runWimlib(['dir', localPath, '1'], { ...options, onOutput: (text) => names.push(text) })
  if (run.outcome !== 'exited' || run.code !== 0 || names.count === 0) return sound
  const { check, path = '' } = sound
  return finding(check, 'WARN', 'The image has files with control characters in their names.', {
    path,
    expected: 'names that Windows can make',
    found: `${counted(names.count, 'file')}, the first ${names.first}`,
  })
}
