const windowMs = 5_000

/** Speed as a moving average over the last seconds; it falls while nothing comes. */
export class Speedometer {
  private readonly samples: { at: number; bytes: number }[] = []

  constructor(private readonly now: () => number = () => performance.now()) {}

  add(bytes: number): void {
    const at = this.now()
    this.samples.push({ at, bytes })
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) > windowMs) this.samples.shift()
  }

  bytesPerSecond(): number {
    const first = this.samples[0]
    const last = this.samples.at(-1)
    const elapsedMs = this.now() - (first?.at ?? 0)
    if (!first || !last || last === first || elapsedMs <= 0) return 0
    return Math.max(0, ((last.bytes - first.bytes) / elapsedMs) * 1000)
  }
}
