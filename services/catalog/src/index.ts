export { CatalogEnv, loadCatalogConfig, type CatalogConfig } from './config.js'
export { startCatalog, type RunningCatalog } from './compose.js'
