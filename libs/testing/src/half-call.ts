import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'

/** A gRPC call of which a part of the request was sent, as a client that means no good does. */
export interface HalfCall {
  /** Resolves with the gRPC status and the trailers' text once the server has answered. */
  readonly answer: Promise<{ readonly status: number; readonly message: string }>
}

export interface HalfCalls {
  /**
   * Begins a call whose request claims to be of `claimedBytes`, and sends `sentBytes` of them.
   * @param method such as `/goldkeep.catalog.v1.Images/Get`
   */
  begin(method: string, bearer: string | undefined, claimedBytes: number, sentBytes: number): HalfCall
  /** Calls that were not answered yet. */
  readonly unanswered: number
  close(): void
}

/** @param address host:port of a gRPC server without TLS */
export async function openHalfCalls(address: string): Promise<HalfCalls> {
  const session = connect(`http://${address}`)
  session.on('error', () => {})
  await new Promise((resolve) => session.once('connect', resolve))
  let unanswered = 0
  return {
    begin: (method, bearer, claimedBytes, sentBytes) => {
      unanswered += 1
      const answer = beginCall(session, method, bearer, claimedBytes, sentBytes)
      void answer.then(() => (unanswered -= 1))
      return { answer }
    },
    get unanswered() {
      return unanswered
    },
    close: () => session.destroy(),
  }
}

function beginCall(
  session: ClientHttp2Session,
  method: string,
  bearer: string | undefined,
  claimedBytes: number,
  sentBytes: number,
): Promise<{ status: number; message: string }> {
  const stream = session.request(
    {
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    { endStream: false },
  )
  stream.on('error', () => {})
  stream.resume()
  const frame = Buffer.alloc(5 + sentBytes)
  frame.writeUInt32BE(claimedBytes, 1)
  stream.write(frame)
  return new Promise((resolve) => {
    const told = ({ 'grpc-status': status, 'grpc-message': message }: IncomingHttpHeaders): void => {
      if (typeof status === 'string')
        resolve({
          status: Number(status),
          message: typeof message === 'string' ? decodeURIComponent(message) : '',
        })
    }
    stream.on('response', told)
    stream.on('trailers', told)
  })
}
