import { isDeepStrictEqual } from 'node:util'

const colour = process.stdout.isTTY
  ? { good: '\x1b[32m', bad: '\x1b[31m', dim: '\x1b[2m', off: '\x1b[0m' }
  : { good: '', bad: '', dim: '', off: '' }

/** Tells the story on standard output, and holds each of its claims against what is so. */
export class Narrator {
  private held = 0

  /** How many claims have held so far. */
  get claims(): number {
    return this.held
  }

  chapter(title: string): void {
    process.stdout.write(`\n${title}\n`)
  }

  /** What is about to happen, or has. */
  tell(sentence: string): void {
    process.stdout.write(`  ${sentence}\n`)
  }

  /** A line that a program printed, shown as it was. */
  quote(text: string): void {
    for (const line of text.trimEnd().split('\n'))
      process.stdout.write(`  ${colour.dim}│ ${line}${colour.off}\n`)
  }

  /** Ends the demo unless `found` equals `expected`. */
  claim(sentence: string, found: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(found, expected)) {
      process.stdout.write(`  ${colour.bad}✗ ${sentence}${colour.off}\n`)
      throw new Error(`${sentence}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
    }
    this.held += 1
    process.stdout.write(`  ${colour.good}✓${colour.off} ${sentence}\n`)
  }
}
