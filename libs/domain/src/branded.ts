declare const brand: unique symbol

/** A value that only its parser makes. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name }
