import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { reason } from './support/reason.js'
import { useLab } from './support/versions.js'

describe('a database whose disk is full', () => {
  const { house, volumeId } = useLab()

  test('is told as NO_SPACE and to the administrator, and drops nothing that storage reports', async () => {
    await sql`
      create function refuse_as_full() returns trigger language plpgsql as $$
        begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`.execute(
      house.db,
    )
    await sql`create trigger full_disk before insert on images execute function refuse_as_full()`.execute(
      house.db,
    )
    await sql`create trigger full_disk before update on volumes execute function refuse_as_full()`.execute(
      house.db,
    )
    await expect(house.images.create({ imageId: 'full' })).rejects.toEqual(reason('NO_SPACE'))
    await expect(house.coordination.reportProgress({ volumeId })).rejects.toEqual(reason('NO_SPACE'))
    expect((await house.volumes.list({})).troubles).toEqual([
      expect.stringMatching(
        /^the disk of the database was full: 2 calls were refused, the last at 20.*; make room$/,
      ),
    ])
    await sql`drop trigger full_disk on volumes`.execute(house.db)
    expect((await house.coordination.reportProgress({ volumeId })).refused).toEqual([])
  })
})
