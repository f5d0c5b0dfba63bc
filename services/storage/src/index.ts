export { startStorage, type RunningStorage } from './compose.js'
export { loadStorageConfig, StorageEnv, type StorageConfig } from './config.js'
