/** What is wrong with a block image, in one sentence, with what was expected and found. */
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
