/** Milliseconds that a command to storage may take; removing a large staged upload takes a while. */
export const commandMs = 120_000
