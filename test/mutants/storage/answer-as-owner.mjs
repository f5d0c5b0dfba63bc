import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/rpc/answer-as-owner.ts',
  ['services/storage/test/stopped-owner'],
  [
    {
      id: 'stopped-owner-tells-the-catalog',
      law: 4,
      from: 'await confirm()\n    return yield* call.next(call.request, options)',
      to: 'void confirm\n    return yield* call.next(call.request, options)',
      meaning: 'a process that was stopped tells the catalog of a volume that another one owns by now',
    },
    {
      id: 'stopped-owner-refuses-callers',
      law: 4,
      from: 'return await identify(...head)\n    } catch (error) {\n      await confirm()',
      to: 'return await identify(...head)\n    } catch (error) {\n      void confirm',
      meaning: 'a process that was stopped refuses tickets by what it knew before',
    },
  ],
)
