/** What is wrong with a WIM file, in one sentence, with what was expected and found. */
export class WimFault extends Error {
  override readonly name = 'WimFault'
  constructor(
    message: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(message)
  }
}
