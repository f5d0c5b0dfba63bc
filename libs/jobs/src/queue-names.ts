import { z } from 'zod'

/** The kinds of work; each has a queue of its own, so that workers can be scaled by kind. */
export const queueNames = ['validate', 'publish', 'end-upload'] as const
export type QueueName = (typeof queueNames)[number]

export const isQueueName = (text: string): text is QueueName =>
  (queueNames as readonly string[]).includes(text)

/** A job carries ids only; its worker reads the state when it runs. */
export const jobPayload = z.object({ jobId: z.string().min(1).max(200) })
export type JobPayload = z.output<typeof jobPayload>
