/** Why a directory cannot be a volume, and what to do instead. */
export class UnfitVolumeError extends Error {
  override readonly name = 'UnfitVolumeError'
  constructor(path: string, why: string, cause?: unknown) {
    const said = cause instanceof Object && 'message' in cause ? ` (${String(cause.message)})` : ''
    super(`the volume ${path} cannot be used: ${why}${said}`, { cause })
  }
}
