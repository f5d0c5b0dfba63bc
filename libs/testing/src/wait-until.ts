import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** Ends the sentence `waited 5000 ms until …`. */
  readonly what: string
  /** 10 s unless told. */
  readonly timeoutMs?: number
  /** Time between two looks, 25 ms unless told. */
  readonly intervalMs?: number
}

type Falsy = false | null | undefined | 0 | ''

/**
 * Looks again and again until the condition holds, and returns what it gave. A condition that throws
 * does not hold yet; its last error is the cause of the one thrown at the end.
 */
export async function waitUntil<Value>(
  condition: () => Value | Promise<Value>,
  { what, timeoutMs = 10_000, intervalMs = 25 }: WaitOptions,
): Promise<Exclude<Value, Falsy>> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let cause: unknown
    try {
      const value = await condition()
      if (value) return value as Exclude<Value, Falsy>
    } catch (error) {
      cause = error
    }
    if (Date.now() >= deadline)
      throw new Error(`waited ${String(timeoutMs)} ms until ${what}, in vain`, { cause })
    await delay(intervalMs)
  }
}
