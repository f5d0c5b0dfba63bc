import { sharedPostgresVariable, startOwnTestPostgres } from '@goldkeep/testing'

/** Starts the PostgreSQL that the suites of one run share; each makes its own databases in it. */
export default async function sharePostgres() {
  const postgres = await startOwnTestPostgres()
  process.env[sharedPostgresVariable] = postgres.url
  globalThis.stopSharedPostgres = postgres.stop
}
