import { RecordInventoryResponse } from './generated/goldkeep/catalog/v1/coordination.js'

type Kind = keyof RecordInventoryResponse

/** Ids in one part: some 100 KB, far below what the transport takes. */
const idsOfPart = 1_000

const kinds = [
  'unrecordedVersionIds',
  'unknownVersionIds',
  'missingVersionIds',
  'conflictingVersionIds',
] as const satisfies readonly Kind[]

/** The answer to an inventory as it is sent; none at all when there is nothing to say. */
export function* answerInParts(answer: RecordInventoryResponse): Generator<RecordInventoryResponse> {
  for (const kind of kinds)
    for (let start = 0; start < answer[kind].length; start += idsOfPart)
      yield { ...RecordInventoryResponse.create(), [kind]: answer[kind].slice(start, start + idsOfPart) }
}

/** The answer to an inventory as a whole. */
export async function gatherAnswer(
  parts: AsyncIterable<RecordInventoryResponse>,
): Promise<RecordInventoryResponse> {
  const whole = RecordInventoryResponse.create()
  for await (const part of parts) for (const kind of kinds) for (const id of part[kind]) whole[kind].push(id)
  return whole
}
