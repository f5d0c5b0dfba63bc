export { claimDirectory } from './claim-directory.js'
export {
  canServeFrom,
  endLeftoverServer,
  startPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from './start-postgres.js'
export { PostgresError } from './postgres-error.js'
