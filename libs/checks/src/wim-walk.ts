import {
  examineWim,
  quickLimits,
  startWalk,
  WimFault,
  type StreamReader,
  type StructureFault,
  type WimExamination,
} from '@goldkeep/wim'
import type { ByteConsumer } from './read-whole.js'
import type { OpenFile } from './subject.js'

/** The walk through a pipable WIM's stream, in the reading that counts the digest. */
export class WimWalk {
  /** What was seen of the file before; absent where it is no whole WIM. */
  examination: WimExamination | undefined
  private reader: StreamReader | undefined
  private found: StructureFault | undefined

  /** Prepares the walk; there is nothing to walk through in a file that is no pipable WIM, or a broken one. */
  async start(open: OpenFile): Promise<readonly ByteConsumer[]> {
    try {
      this.examination = await examineWim(open, { ...quickLimits, blobHeaders: 0 })
      const { header, faults } = this.examination
      this.found = faults[0]
      if (this.found || !header.pipable) return []
      this.reader = await startWalk(open, header)
      return [this.reader]
    } catch (error) {
      if (!(error instanceof WimFault)) throw error
      const { message, expected, found } = error
      this.found = { message, expected, found }
      return []
    }
  }

  /** What is wrong with the headers, the tables or the stream, after the file was read. */
  fault(): StructureFault | undefined {
    return this.found ?? this.reader?.end()
  }
}
