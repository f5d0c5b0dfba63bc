/** Exit codes of wimlib, from `enum wimlib_error_code` of its header `wimlib.h`; those that are told apart. */
export const wimlibCodes = {
  noMemory: 39,
  cannotOpen: 47,
  cannotRead: 50,
  resourceNotFound: 55,
  cannotStat: 63,
  cannotWrite: 72,
} as const

/** They speak of the machine, and yet a file that claims impossible numbers causes them too. */
const doubtful: ReadonlySet<number> = new Set([
  wimlibCodes.noMemory,
  wimlibCodes.cannotOpen,
  wimlibCodes.cannotRead,
  wimlibCodes.cannotStat,
  wimlibCodes.cannotWrite,
])

export const isDoubtful = (code: number): boolean => doubtful.has(code)
