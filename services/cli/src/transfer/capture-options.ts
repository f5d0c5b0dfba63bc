import { catalog } from '@goldkeep/contracts'
import { Option, type Command } from 'commander'
import { collect } from '../act.js'
import { usageError } from '../cli-error.js'
import { parseLabels } from '../parse-labels.js'
import { parseMachine } from '../parse-machine.js'

/** How the source was captured, and by whom: the same for every way to begin an upload. */
export interface CaptureOptions {
  readonly environment?: string
  readonly type?: string
  readonly schemaOnly?: boolean
  readonly customSchema?: boolean
  readonly skipLvmShrink?: boolean
  readonly machine?: readonly string[]
  readonly model?: string
  readonly note?: string
  readonly label?: readonly string[]
  readonly resume?: boolean
  readonly replace?: boolean
}

export function addCaptureOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--environment <name>', "what captured it (the image's)").choices(['winpe', 'linux']),
    )
    .addOption(
      new Option('--type <name>', "how it was captured (the image's)").choices(['file', 'block', 'both']),
    )
    .option('--schema-only', 'the capture has a schema and no files')
    .option('--custom-schema', 'the schema was written by a person')
    .option('--skip-lvm-shrink', 'LVM physical volumes were captured as well')
    .option(
      '--machine <id>',
      'the machine it comes from: a MAC address, a UUID or serial:TEXT; may be repeated',
      collect,
    )
    .option('--model <name>', "that machine's model")
    .option('--note <text>', 'kept with the version')
    .option('--label <name=value>', 'may be repeated', collect)
    .option('--resume', 'go on with the open upload of this machine for this image')
    .option('--replace', 'abort the open upload of this machine for this image')
}

/** The parts of a Begin request that the options give. What is not given is as the image says. */
export function beginFields(options: CaptureOptions, image: catalog.Image) {
  if (options.resume && options.replace)
    throw usageError('expected one of --resume and --replace, found both')
  return {
    imageId: image.imageId,
    capture: {
      environment: options.environment ?? image.environment,
      type: options.type ?? image.type,
      schemaOnly: options.schemaOnly ?? false,
      customSchema: options.customSchema ?? false,
      skipLvmShrink: options.skipLvmShrink ?? false,
    },
    ...(options.machine && { source: parseMachine(options.machine, options.model) }),
    note: options.note ?? '',
    labels: parseLabels(options.label ?? []),
    onOpen: onOpenUpload(options),
  }
}

function onOpenUpload({ resume, replace }: CaptureOptions): catalog.OnOpenUpload {
  if (resume) return catalog.OnOpenUpload.ON_OPEN_UPLOAD_RESUME
  if (replace) return catalog.OnOpenUpload.ON_OPEN_UPLOAD_REPLACE
  return catalog.OnOpenUpload.ON_OPEN_UPLOAD_UNSPECIFIED
}
