import { BinaryReader } from '@bufbuild/protobuf/wire'
import { decodeRequestText } from './request-text.js'

/**
 * Parts of one request, at most; a part is a tag, a length or a small number. A list of 4,096 files has about 45,000.
 * A message of 4 MiB can have millions, each of which becomes an object: that would hold up every other call for
 * seconds, and it is done before anybody knows who calls.
 */
const maxParts = 100_000
/** Parts of a report between services, at most; its messages have up to 1 MiB. */
const maxPartsOfReport = 500_000
const reports = '/goldkeep.catalog.v1.Coordination/'

/** A request whose bytes are no message, or one of too many parts: the call is refused with this reason. */
export class UnreadableRequest {
  constructor(readonly why: string) {}
}

/** Gives up on a message that has more than so many parts. */
export class RequestReader extends BinaryReader {
  constructor(
    readonly encoded: Uint8Array,
    parts: number,
  ) {
    super(encoded)
    const read = this.uint32
    let left = parts
    // The base class holds it in a field, so that it cannot be overridden as a method.
    this.uint32 = () => {
      left -= 1
      if (left < 0) throw new Error(`it has more than ${parts} parts`)
      return read.call(this)
    }
  }

  override string(): string {
    return decodeRequestText(this.bytes())
  }
}

/**
 * Reads the bytes of one request.
 * @param method such as `/goldkeep.catalog.v1.Images/Create`
 */
export function readRequest<Request>(
  method: string,
  decode: (reader: RequestReader) => Request,
  bytes: Uint8Array,
): Request | UnreadableRequest {
  try {
    return decode(new RequestReader(bytes, method.startsWith(reports) ? maxPartsOfReport : maxParts))
  } catch (error) {
    return new UnreadableRequest(error instanceof Error ? error.message : String(error))
  }
}
