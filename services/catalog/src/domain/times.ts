/** The house's spans of time, in milliseconds, and how often things are tried. */
export interface Times {
  /** How long a worker holds a job without renewing its claim. */
  readonly claimLeaseMs: number
  /** How long an upload lives after its last byte. */
  readonly uploadExpiryMs: number
  /** How long a deployment's pin lives after the last read or renewal. */
  readonly deploymentLeaseMs: number
  /** The longest deployment. */
  readonly deploymentLimitMs: number
  readonly ticketLifetimeMs: number
  /** A volume that has not reported for so long gets no new work. */
  readonly volumeSilenceMs: number
  /** So often a validation that comes to nothing is tried; then the version counts as not judged. */
  readonly validationTries: number
}
