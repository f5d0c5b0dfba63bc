import { z } from 'zod'

/** `host:port`, with an IPv6 address in brackets. */
export const joinAddress = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Whether a host stands for every address of this machine, so that nobody can call it from another. */
export const isEveryHost = (host: string): boolean => host === '0.0.0.0' || host === '::'

/** A host to listen on: a name or an address, of IPv6 also in brackets. */
export const hostSetting = z
  .string()
  .default('127.0.0.1')
  .transform((host) => host.replace(/^\[(.*)\]$/, '$1'))

/** `host:port` as others are told it. */
export const addressSetting = z
  .string()
  .regex(
    /^(?:\[[0-9a-f:.%]+\]|[^\s:/[\]]+):\d{1,5}$/i,
    'expected host:port such as images.example.org:7461 or [fd00::1]:7461',
  )
