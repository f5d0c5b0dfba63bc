import type { ColumnType } from 'kysely'

/** A jsonb column: an object when read, its text when written. */
export type Json<T> = ColumnType<T, string, string>
export type JsonOr<T> = ColumnType<T | null, string | null | undefined, string | null>
export type DefaultJson<T> = ColumnType<T, string | undefined, string>
/** A time that the database gives unless told otherwise. */
export type DefaultTime = ColumnType<Date, Date | undefined, Date>
export type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>
export type Labels = Readonly<Record<string, string>>
