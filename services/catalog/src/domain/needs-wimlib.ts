/** Whether a version holds WIM files by what their bytes are; only wimlib can look into them. */
export const needsWimlib = (files: readonly { readonly kind: string }[]): boolean =>
  files.some((file) => file.kind.startsWith('wim'))
