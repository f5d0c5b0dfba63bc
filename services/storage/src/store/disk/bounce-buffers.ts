/** As much of it as is used here: Node has it, its types do not. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
}

const wasmPageBytes = 64 * 1024

/**
 * Buffers from which the disk takes bytes without the page cache in between: they begin at pages of the
 * machine's memory, as Node's own do not. They are few, and used again and again: who finds none free waits.
 */
export class BounceBuffers {
  readonly #free: Uint8Array[] = []
  readonly #waiting: ((buffer: Uint8Array) => void)[] = []

  /**
   * @param bufferBytes of one buffer; whole pages of 64 KiB
   * @throws RangeError when the process may not have so much memory
   */
  constructor(
    count: number,
    readonly bufferBytes: number,
  ) {
    // Memory of WebAssembly begins at a page, since its bounds are guarded by pages.
    const pages = (count * bufferBytes) / wasmPageBytes
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages })
    for (let at = 0; at < buffer.byteLength; at += bufferBytes)
      this.#free.push(new Uint8Array(buffer, at, bufferBytes))
  }

  /** Lends a buffer while the work lasts. */
  async lend<T>(work: (buffer: Uint8Array) => Promise<T>): Promise<T> {
    const buffer = this.#free.pop() ?? (await new Promise<Uint8Array>((take) => this.#waiting.push(take)))
    try {
      return await work(buffer)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(buffer)
      else this.#free.push(buffer)
    }
  }
}
