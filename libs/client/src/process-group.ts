import { setTimeout as delay } from 'node:timers/promises'

/** Windows has no process groups; there only the program itself is ended. */
export const hasGroups = process.platform !== 'win32'

const lookEveryMs = 20

/** Sends a signal to a program that leads its group, and to everything in that group. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(hasGroups ? -leader : leader, signal)
  } catch {
    return false
  }
}

/** SIGTERM, then SIGKILL for what is still in the group after `graceMs`; returns when the group is empty. */
export async function endGroup(leader: number, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs
  signalGroup(leader, 'SIGTERM')
  while (signalGroup(leader, 0)) {
    if (performance.now() > deadline) return void signalGroup(leader, 'SIGKILL')
    await delay(lookEveryMs)
  }
}
