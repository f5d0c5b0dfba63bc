export { startHouse, type RunningHouse } from './compose.js'
export { AllInOneEnv, loadAllInOneConfig, type AllInOneConfig } from './config.js'
