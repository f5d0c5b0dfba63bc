const keptBytes = 4096
const keptLines = 5

/** Keeps the end of what a program said on its standard error. */
export class LastWords {
  private tail = Buffer.alloc(0)

  add(text: Uint8Array): void {
    this.tail = Buffer.concat([this.tail, text]).subarray(-keptBytes)
  }

  text(): string {
    return this.tail.toString('utf8')
  }

  /** The last lines; of a line that redraws itself by carriage return, the last state. */
  lines(): string {
    const lines = this.text()
      .split('\n')
      .map((line) => line.replace(/\r$/, '').split('\r').at(-1)?.trimEnd() ?? '')
    return lines
      .filter((line) => line !== '')
      .slice(-keptLines)
      .join('\n')
  }
}
