/** How one file comes along. */
export interface ProgressLine {
  /** @param bytes of it that are done */
  update(bytes: number, remark?: string): void
  end(remark: string): void
}

/** What is on its way altogether. */
export interface ProgressPlan {
  readonly files: number
  readonly bytes: number
}

export interface Progress {
  line(name: string, total: number | undefined): ProgressLine
  /** Leaves the terminal in order. */
  stop(): void
}
