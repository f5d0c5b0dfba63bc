import type { JobPayload, QueueName } from './queue-names.js'

/** What the queues log through; pino fits. */
export interface QueueLog {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** A job in a worker's hands. */
export interface RunningJob {
  readonly payload: JobPayload
  /** Aborted when the queue's lock on the job is lost, or when the worker closes. */
  readonly signal: AbortSignal
}

/**
 * Does one job. Throws to have it tried again later, `UnrecoverableError` of bullmq to have it dropped.
 */
export type JobHandler = (job: RunningJob) => Promise<void>

export interface WorkerSettings {
  /** Jobs at once; 1 when absent. */
  readonly concurrency?: number
  /** Milliseconds after which a job whose worker is silent may go to another; 30 s when absent. */
  readonly lockMs?: number
  /** Milliseconds between looks for such jobs; 30 s when absent. */
  readonly stalledIntervalMs?: number
  /** Milliseconds that closing waits for aborted jobs; 10 s when absent. */
  readonly closeMs?: number
}

export interface QueueSettings {
  /** Runs of one job before the queue drops it; the catalog's sweeper puts it back. 5 when absent. */
  readonly attempts?: number
  /** Milliseconds before the second run, doubled before each further one; 1 s when absent. */
  readonly backoffMs?: number
  /** Milliseconds that putting a job into a queue may take; 10 s when absent. */
  readonly enqueueMs?: number
}

export interface QueueWorker {
  /** Aborts what runs and waits for it for a bounded time; what was aborted goes back to the queue. */
  close(): Promise<void>
}

/**
 * The house's queues. They are hints: the catalog knows what is to be done, and losing a queue or any job
 * in it loses no work.
 */
export interface Queues {
  /**
   * Puts a job into a queue. The same id again is taken as done while the queue still has it.
   * Rejects when the queue cannot be reached.
   */
  enqueue(queue: QueueName, outboxId: string, payload: JobPayload): Promise<void>
  startWorker(queue: QueueName, handler: JobHandler, settings?: WorkerSettings): Promise<QueueWorker>
  /** Closes workers that are still open, queues and connections. */
  close(): Promise<void>
}
