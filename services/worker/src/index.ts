export { startWorker, type RunningWorker } from './compose.js'
export { loadWorkerConfig, WorkerEnv, type WorkerConfig } from './config.js'
