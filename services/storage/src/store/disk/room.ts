import { DomainError } from '@goldkeep/domain'
import type { Syscalls } from './syscalls.js'
import { writeFully } from './full-transfers.js'

/** For how long a look at the volume's free space is believed, in milliseconds. */
const believedMs = 500

export interface Space {
  readonly capacityBytes: number
  readonly freeBytes: number
}

/**
 * The room that uploads may take. The last bytes of the volume are kept from them, so that journals,
 * manifests and commands, those that make room among them, can always be written.
 */
export class Room {
  #left = 0
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking: Promise<Space> | undefined

  constructor(
    /** Those of uploads: a write for which there is no room fails, and gives up no reserve. */
    private readonly sys: Syscalls,
    private readonly rootFd: number,
    /** Bytes kept from uploads. */
    private readonly reserveBytes: number,
    /** Called after each look. */
    private readonly onLook: () => void = () => {},
    /** Below so many bytes an administrator is told. */
    private readonly lowBytes: number = 0,
  ) {}

  /** What an administrator must know as of the last look: that uploads will have, or have, no room. */
  get shortage(): string | undefined {
    if (this.#lookedAt === Number.NEGATIVE_INFINITY || this.#left >= this.lowBytes) return undefined
    if (this.#left === 0) return 'it is full: uploads wait for room, and deployments go on; make room'
    return (
      `it is nearly full: ${this.#left} bytes are left for uploads, fewer than GOLDKEEP_LOW_SPACE ` +
      `(${this.lowBytes}); make room`
    )
  }

  /**
   * Writes an upload's bytes.
   * @throws DomainError NO_SPACE when they would go into the reserve
   */
  async write(fd: number, data: Uint8Array, position: number): Promise<void> {
    await this.take(data.length)
    await writeFully(this.sys, fd, data, position)
  }

  /**
   * The same with one system call.
   * @returns bytes written, which may be fewer than given
   */
  async writeOnce(fd: number, data: Uint8Array, position: number): Promise<number> {
    await this.take(data.length)
    return this.sys.write(fd, data, position)
  }

  /**
   * Takes room for bytes that will be written.
   * @throws DomainError NO_SPACE
   */
  async take(bytes: number): Promise<void> {
    if (bytes > this.#left || performance.now() - this.#lookedAt > believedMs) await this.measure()
    if (bytes > this.#left) throw this.#full()
    this.#left -= bytes
  }

  /** Looks at the volume. In bytes; free is what uploads may still take. */
  measure(): Promise<Space> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<Space> {
    const { bsize, blocks, bavail } = await this.sys.statfs(`/proc/self/fd/${this.rootFd}`)
    this.#left = Math.max(0, bavail * bsize - this.reserveBytes)
    this.#lookedAt = performance.now()
    this.onLook()
    return { capacityBytes: blocks * bsize, freeBytes: this.#left }
  }

  #full(): DomainError {
    const { reserveBytes } = this
    const kept = reserveBytes > 0 ? `; ${reserveBytes} bytes are kept for storage itself` : ''
    return new DomainError(
      'NO_SPACE',
      `the volume has ${this.#left} bytes left for uploads${kept}; make room, then go on`,
      { free: String(this.#left), reserved: String(reserveBytes) },
    )
  }
}
