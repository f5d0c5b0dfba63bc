import { formatSize, formatSpan, formatSpeed } from './format.js'
import { Speedometer } from './speedometer.js'

/** How far the bytes of one file, or of several together, have come. Sizes are in bytes. */
export class Transfer {
  #bytes = 0
  #remark: string | undefined

  constructor(
    readonly name: string,
    /** `undefined` for a pipe, of which nobody knows the end. */
    readonly total: number | undefined,
    private readonly speed = new Speedometer(),
  ) {}

  get bytes(): number {
    return this.#bytes
  }

  update(bytes: number, remark?: string): void {
    this.#bytes = bytes
    this.#remark = remark
    this.speed.add(bytes)
  }

  /** `1.2 GB of 4.2 GB, 85 MB/s, 35 s left` */
  describe(): string {
    const { bytes, total } = this
    const left = this.#secondsLeft()
    const done = total === undefined ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(total)}`
    const rate = formatSpeed(this.speed.bytesPerSecond())
    return [done, rate, left === undefined ? undefined : `${formatSpan(left)} left`, this.#remark]
      .filter(Boolean)
      .join(', ')
  }

  /** The same for programs; sizes as strings, as everywhere. */
  document() {
    const secondsLeft = this.#secondsLeft()
    return {
      name: this.name,
      bytes: String(this.bytes),
      ...(this.total !== undefined && { totalBytes: String(this.total) }),
      bytesPerSecond: String(Math.round(this.speed.bytesPerSecond())),
      ...(secondsLeft !== undefined && { secondsLeft: Math.round(secondsLeft) }),
      ...(this.#remark !== undefined && { remark: this.#remark }),
    }
  }

  #secondsLeft(): number | undefined {
    const rate = this.speed.bytesPerSecond()
    return this.total !== undefined && rate > 0 ? (this.total - this.bytes) / rate : undefined
  }
}
