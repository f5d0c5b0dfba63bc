import type { JobsOptions, Processor, WorkerListener, WorkerOptions } from 'bullmq'
import type { JobPayload, QueueName } from './queue-names.js'

/** What is used of a bullmq queue, whatever it is kept in. */
export interface BackendQueue {
  add(name: string, payload: JobPayload, options: JobsOptions): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
}

/** What is used of a bullmq worker, whatever its queue is kept in. */
export interface BackendWorker {
  on<Event extends keyof WorkerListener<JobPayload, void>>(
    event: Event,
    listener: WorkerListener<JobPayload, void>[Event],
  ): unknown
  cancelJob(jobId: string, reason: string): boolean
  waitUntilReady(): Promise<unknown>
  pause(doNotWaitActive: boolean): Promise<void>
  close(force: boolean): Promise<void>
}

/** Settings of a bullmq worker that do not depend on what its queue is kept in. */
export type BackendWorkerOptions = Omit<WorkerOptions, 'connection'>

export type BackendProcessor = Processor<JobPayload, void>

/** What the queues are kept in. Owns its connections. */
export interface QueueBackend {
  createQueue(name: QueueName): BackendQueue
  createWorker(name: QueueName, processor: BackendProcessor, options: BackendWorkerOptions): BackendWorker
  close(): Promise<void>
}
