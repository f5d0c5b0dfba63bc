/** A fault of a block image, in one sentence, with the expected and the found value. */
export class ImageFault extends Error {
  override readonly name = 'ImageFault'
  constructor(
    message: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(message)
  }
}
