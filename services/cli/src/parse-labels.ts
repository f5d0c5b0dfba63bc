import { usageError } from './cli-error.js'

/** `name=value` pairs as a map. */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (name === undefined || value === undefined)
        throw usageError(`--label: expected name=value, found ${pair}`)
      return [name, value]
    }),
  )
}
