/** The command that captures `tree` to standard output, as the WinPE client does. */
export const captureCommand = (tree: string): string[] => [
  'wimlib-imagex',
  'capture',
  tree,
  '-',
  '--compress=fast',
]

/** The same, killed by signal after `bytes` bytes, with last words on standard error. */
export const dyingCaptureCommand = (tree: string, bytes: number): string[] => [
  'sh',
  '-c',
  'wimlib-imagex capture "$0" - --compress=fast 2>/dev/null | head -c "$1"; echo "capture: the cable was pulled" >&2; kill -KILL $$',
  tree,
  String(bytes),
]

/**
 * A consumer that applies a stream to `target`, and that stops in the middle, having made the file
 * `reached`, until the file `go` exists.
 */
export const slowApplyCommand = (target: string, reached: string, go: string): string[] => [
  'sh',
  '-c',
  '{ head -c 4000000; touch "$1"; while [ ! -e "$2" ]; do sleep 0.1; done; cat; } | wimlib-imagex apply - 1 "$0"',
  target,
  reached,
  go,
]

export const applyCommand = (target: string): string[] => ['wimlib-imagex', 'apply', '-', '1', target]
