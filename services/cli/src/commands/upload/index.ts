import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { addUploadAbort } from './abort.js'
import { addUploadBegin } from './begin.js'
import { makeUploadDirectory } from './directory.js'
import { addUploadList } from './list.js'
import { addUploadSeal } from './seal.js'
import { addUploadStatus } from './status.js'
import { addUploadWrite } from './write.js'

export function addUpload(program: Command, actions: Actions): void {
  const upload = program.command('upload').description('make a version; nothing that exists is touched')
  makeUploadDirectory(upload, actions)
  addUploadBegin(upload, actions)
  addUploadWrite(upload, actions)
  addUploadStatus(upload, actions)
  addUploadSeal(upload, actions)
  addUploadAbort(upload, actions)
  addUploadList(upload, actions)
}
