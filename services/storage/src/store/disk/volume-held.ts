/** The refusal of a start: it names who holds the volume and how to take over. */
export class VolumeHeldError extends Error {
  override readonly name = 'VolumeHeldError'
  constructor(path: string, holder: string) {
    super(`the volume ${path} is held by ${holder}; stop that storage service first`)
  }
}
