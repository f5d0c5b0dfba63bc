/** What a client process is told to do, on its command line as JSON. */
export type Order =
  | { readonly kind: 'upload'; readonly schema: string; readonly file: string; readonly path: string }
  | { readonly kind: 'download'; readonly deploymentIds: readonly string[]; readonly path: string }

/** What it answers, on standard output as JSON. */
export interface Answer {
  readonly seconds: number
  /** Of the seal alone. */
  readonly sealSeconds?: number
  readonly versionId?: string
}
