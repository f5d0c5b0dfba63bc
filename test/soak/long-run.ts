import { randomBytes } from 'node:crypto'

/** What `npm run soak` was told. */
export const minutes = Number(process.env.GOLDKEEP_SOAK_MINUTES ?? '10')
export const seed = process.env.GOLDKEEP_SOAK_SEED ?? randomBytes(4).toString('hex')

export const say = (line: string): void => void process.stdout.write(`${line}\n`)
