import type { ExpectedFile } from './expected-files.js'

/** Which files of a version are which that the schema calls for. */
export interface FileMatches<File> {
  /** The first expected file that the path is; `undefined` for a path that nothing calls for. */
  expectedAt(path: string): File | undefined
  /** The paths that are the expected file. */
  pathsOf(file: File): readonly string[]
}

/**
 * Looks paths up by their beginnings, since comparing thousands of files with thousands of logical volumes one by
 * one takes seconds.
 */
export function matchFiles<File extends Pick<ExpectedFile, 'pattern'>>(
  expected: readonly File[],
  paths: readonly string[],
): FileMatches<File> {
  const first = new Map<string, number>()
  expected.forEach(({ pattern }, index) => {
    if (!first.has(pattern)) first.set(pattern, index)
  })
  const found = new Map<string, string[]>()
  for (const path of paths)
    for (const pattern of patternsOf(path)) {
      if (!first.has(pattern)) continue
      const others = found.get(pattern)
      if (others) others.push(path)
      else found.set(pattern, [path])
    }
  return {
    expectedAt: (path) => {
      const places = patternsOf(path).flatMap((pattern) => first.get(pattern) ?? [])
      return places.length === 0 ? undefined : expected[Math.min(...places)]
    },
    pathsOf: ({ pattern }) => found.get(pattern) ?? [],
  }
}

/** The path itself, and every proper beginning of it with a `*`. */
const patternsOf = (path: string): string[] => [
  path,
  ...Array.from({ length: path.length - 1 }, (_, index) => `${path.slice(0, index + 1)}*`),
]
