/** A part of a WIM that is not where its header says, or cannot be what it says. */
export interface StructureFault {
  readonly message: string
  readonly expected: string
  readonly found: string
}
