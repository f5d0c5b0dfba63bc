export const findingVerdicts = ['PASS', 'WARN', 'FAIL', 'SKIP', 'ERROR'] as const
export type FindingVerdict = (typeof findingVerdicts)[number]

export const quickCheckNames = [
  'schema-sound',
  'files-match-schema',
  'sizes',
  'wim-structure',
  'wim-metadata',
  'block-image',
] as const
export const deepCheckNames = ['digests', 'wim-content', 'block-image'] as const
export const checkNames = [...quickCheckNames, 'digests', 'wim-content'] as const
export type CheckName = (typeof checkNames)[number]

/** The result of one check, on one file or (without a path) on the version as a whole. */
export interface Finding {
  readonly check: CheckName
  readonly verdict: FindingVerdict
  readonly path?: string
  readonly expected?: string
  readonly found?: string
  /** One sentence for a person. */
  readonly message: string
}

/** How the source of a version was captured. */
export interface Capture {
  readonly environment: 'winpe' | 'linux'
  readonly type: 'file' | 'block' | 'both'
  readonly profileId?: string
  readonly schemaOnly: boolean
  readonly skipLvmShrink: boolean
  readonly customSchema: boolean
}
