/** A command as a person can paste it into a shell. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

/** A word as a shell takes it. A line break or another control character is written as `$'\\n'`. */
function quoted(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`
  return `$'${word.replace(/['\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}'`
}

const escaped = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
