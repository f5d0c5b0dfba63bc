import type { SoakCounts } from './shared.js'

/** What happened, in a line. */
export function sayCounts(counts: SoakCounts): string {
  const {
    kills,
    stops,
    takeovers,
    flips,
    cuts,
    sealed,
    aborted,
    resumed,
    reads,
    commands,
    repeats,
    versionsChecked,
  } = counts
  return [
    `${kills} kills, ${stops} stops, ${takeovers} takeovers, ${flips} flipped bits, ${cuts} cuts and stalls`,
    `${sealed} uploads sealed, ${aborted} aborted, ${resumed} connections resumed`,
    `${reads} reads, ${commands} commands, ${repeats} repeated or late`,
    `${versionsChecked} looks of sha256sum at a version`,
  ].join('; ')
}
