import type { Bench } from '../make-version.js'
import { everyForm, isPipable, wimForms } from '../wim-forms.js'

export interface Seed {
  readonly name: string
  readonly bytes: Buffer
  readonly pipable: boolean
}

/** A real capture of one tree in each form that wimlib writes. */
export async function captureSeeds(bench: Bench): Promise<Seed[]> {
  const seeds: Seed[] = []
  for (const form of everyForm)
    seeds.push({
      name: form,
      bytes: await bench.captureMixedTree(...wimForms[form]),
      pipable: isPipable(form),
    })
  return seeds
}
