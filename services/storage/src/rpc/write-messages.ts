import { sha256ToProto, type storage } from '@goldkeep/contracts'
import { Inbox } from '../operations/inbox.js'
import type { WriteInput, WriteOutput } from '../operations/write-file.js'

type DecodeInput = (message: storage.WriteRequest['message']) => WriteInput

/** The messages after Start as an inbox of inputs. */
export function openInbox(
  messages: AsyncIterator<storage.WriteRequest>,
  decode: DecodeInput,
): Inbox<WriteInput> {
  return new Inbox(decoded(messages, decode))
}

async function* decoded(
  messages: AsyncIterator<storage.WriteRequest>,
  decode: DecodeInput,
): AsyncGenerator<WriteInput, void, undefined> {
  for (let next = await messages.next(); !next.done; next = await messages.next())
    yield decode(next.value.message)
}

/** An answer of a write as the contracts have it. */
export function encodeOutput(output: WriteOutput): { message: storage.WriteResponse['message'] } {
  switch (output.kind) {
    case 'ready': {
      const { attemptId, committedSize } = output
      return { message: { $case: 'ready', value: { attemptId, committedSize: BigInt(committedSize) } } }
    }
    case 'hashing':
      return { message: { $case: 'hashing', value: { bytes: BigInt(output.bytes) } } }
    case 'committed':
      return { message: { $case: 'committed', value: { size: BigInt(output.size) } } }
    case 'done': {
      const { size, sha256 } = output
      return { message: { $case: 'done', value: { size: BigInt(size), digest: sha256ToProto(sha256) } } }
    }
  }
}
