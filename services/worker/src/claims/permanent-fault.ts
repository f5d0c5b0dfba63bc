/** A fault that no repetition will mend; the job is not tried again. */
export class PermanentFault extends Error {
  override readonly name = 'PermanentFault'
}
