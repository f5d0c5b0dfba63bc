import type { Reason } from '@goldkeep/domain'
import { expect } from '@jest/globals'

/** Matches a refusal with this reason. */
export const reason = (name: Reason) => expect.objectContaining({ reason: name })
