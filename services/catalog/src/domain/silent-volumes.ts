/** What the catalog has heard of a volume. */
interface Heard {
  readonly volumeId: string
  readonly address: string
  readonly lastSeenAt: Date
  /** How long ago that was, by the database's clock. */
  readonly silentMs: number
}

/** The other volumes that have registered with a volume's address. */
export function volumesAtAddressOf<Volume extends Pick<Heard, 'volumeId' | 'address'>>(
  { volumeId, address }: Volume,
  all: readonly Volume[],
): Volume[] {
  return all.filter((other) => other.address === address && other.volumeId !== volumeId)
}

/**
 * Volumes that have reported lately, and from whose address no other has reported since. Only these get new work; the
 * others are shown as silent.
 */
export function listReporting<Volume extends Heard>(all: readonly Volume[], silenceMs: number): Volume[] {
  return all.filter((volume) => describeSilence(volume, all, silenceMs) === undefined)
}

/** One sentence about a volume that has not reported for too long, or from whose address another reports. */
export function describeSilence(volume: Heard, all: readonly Heard[], silenceMs: number): string | undefined {
  const since = `silent since ${volume.lastSeenAt.toISOString()}`
  const [successor] = volumesAtAddressOf(volume, all).filter((other) => other.silentMs < volume.silentMs)
  if (successor) return `${since}; volume ${successor.volumeId} has reported from its address since`
  if (volume.silentMs <= silenceMs) return undefined
  return `${since}: its storage service is stopped, or its volume is not there`
}
