import { createChannel, waitForChannelReady, type Channel } from 'nice-grpc'

/** Options that every channel of the house uses; windows of 4 MiB keep a link with latency full. */
export const channelOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
} as const

/** A channel to `host:port`. Channels of one address share no connection, so that they share no window. */
export function openChannel(address: string): Channel {
  return createChannel(address, undefined, { ...channelOptions, 'grpc.use_local_subchannel_pool': 1 })
}

/** How long it takes to connect to `address`, in milliseconds; undefined when it takes longer than that. */
export async function measureConnect(address: string, timeoutMs: number): Promise<number | undefined> {
  const channel = openChannel(address)
  const begun = performance.now()
  try {
    await waitForChannelReady(channel, new Date(Date.now() + timeoutMs))
    return performance.now() - begun
  } catch {
    return undefined
  } finally {
    channel.close()
  }
}
