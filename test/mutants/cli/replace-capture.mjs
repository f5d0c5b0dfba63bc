import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/cli/src/transfer/replace-capture.ts',
  ['services/cli/test/fetch-folder'],
  [
    {
      id: 'old-schema-stays-over-new-files',
      law: 2,
      from: '  await rm(schemaFile, { force: true })\n',
      to: '',
      meaning: 'a client reads a schema over the files of two versions',
    },
    {
      id: 'fetched-folder-not-marked',
      law: 2,
      from: '  await saveFile(join(directory, unfinishedMark), once(Buffer.from(markText(capture.versionId))))\n',
      to: '',
      meaning: 'a person does not see that a folder is not finished',
    },
    {
      id: 'mark-left-behind',
      law: 2,
      from: '  await rm(join(directory, unfinishedMark), { force: true })\n  await syncDirectory',
      to: '  await syncDirectory',
      meaning: 'a whole folder says that it is not finished',
    },
    {
      id: 'other-files-left-in-place',
      law: 2,
      from: 'const aside = await moveAside(directory, others)',
      to: 'const aside = await moveAside(directory, [])',
      meaning: 'a partition of the old version stays beside those of the new one',
    },
    {
      id: 'schema-before-the-files',
      law: 2,
      from: '  const aside = await moveAside',
      to: '  await saveFile(schemaFile, once(schema))\n  await rm(join(directory, unfinishedMark))\n  const aside = await moveAside',
      meaning: 'a folder looks whole while its files change places',
    },
    {
      id: 'foreign-files-moved',
      law: 8,
      from: 'others: rest.filter((path) => isFilePath(path))',
      to: 'others: rest',
      meaning: "a person's own files are moved",
    },
    {
      id: 'parts-of-other-fetches-kept',
      law: 2,
      from: '  for (const part of found.oldParts) await rm(join(directory, part), { force: true })\n',
      to: '',
      meaning: 'what other fetches left fills the disk',
    },
    {
      id: 'own-parts-removed',
      law: 2,
      from: 'isPart(path) && !mine.has(path)',
      to: 'isPart(path)',
      meaning: 'what has come is removed before it gets its name',
    },
    {
      id: 'unfinished-folder-taken-for-whole',
      law: 2,
      from: ' && !found.isMarked)',
      to: ')',
      meaning: 'a mark stays for ever',
    },
  ],
)
