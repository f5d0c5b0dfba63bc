import { connectCatalog, type CatalogConnection, type RetryPolicy } from '@goldkeep/client'
import { findContext, stateDirectory, type Context } from './context/find-context.js'
import { jsonText, printable } from './output/printable.js'
import type { CliEnvironment } from './cli-environment.js'

export interface GlobalOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  /** In milliseconds. */
  readonly retryFor?: number
}

/** What a command works with: its surroundings, the catalog, and ways to speak. */
export class Session {
  private connected: CatalogConnection | undefined
  private found: Context | undefined

  constructor(
    readonly environment: CliEnvironment,
    readonly options: GlobalOptions,
    /** What followed `--`. */
    readonly childCommand: readonly string[] | undefined,
  ) {}

  get signal(): AbortSignal {
    return this.environment.signal
  }

  get stateDirectory(): string {
    return stateDirectory(this.environment.env, this.environment.cwd)
  }

  /** For questions and orders: a person waits for the answer. */
  get retry(): RetryPolicy {
    return { forMs: this.options.retryFor ?? 10_000, signal: this.signal }
  }

  /** For bytes under way: a server that restarts is waited for. */
  get transferRetry(): RetryPolicy {
    return { forMs: this.options.retryFor ?? 120_000, signal: this.signal }
  }

  async context(): Promise<Context> {
    const { env, cwd } = this.environment
    this.found ??= await findContext(env, cwd)
    return this.found
  }

  async catalog(): Promise<CatalogConnection> {
    const { address, token } = await this.context()
    this.connected ??= connectCatalog({ address, token, retry: this.retry })
    return this.connected
  }

  /** Data, on standard output: one JSON document, or what `people` makes for people. */
  show(document: unknown, people: (width: number | undefined) => string): void {
    const text = this.options.json ? jsonText(document, 2) : printable(people(this.widthOf('stdout')))
    if (text !== '') this.environment.stdout.write(`${text}\n`)
  }

  /** For people, on standard error; with `--json` every line there is a document, and this one a note. */
  say(text: string): void {
    const { quiet, json } = this.options
    if (!quiet) this.environment.stderr.write(`${json ? jsonText({ note: text }) : printable(text)}\n`)
  }

  /** Columns of the terminal; nothing where none is, and lines stay whole. */
  widthOf(stream: 'stdout' | 'stderr'): number | undefined {
    const { isTTY, columns } = this.environment[stream]
    return (isTTY && columns) || undefined
  }

  close(): void {
    this.connected?.close()
  }
}
