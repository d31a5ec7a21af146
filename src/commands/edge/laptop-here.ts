import type {Laptop} from '../../remote/laptop.ts'
import {nodeLaptop} from '../../remote/node-laptop.ts'

const said = new Set<string>()

/** The machine kadm runs on; what it skips of ssh's files is named once a run, on stderr. */
export const laptopHere = (): Laptop =>
  nodeLaptop(process.env, {
    note: text => {
      if (said.has(text)) return
      said.add(text)
      process.stderr.write(`note: ${text}\n`)
    },
  })
