import type {LocalMachine} from '../../../remote/local/local-machine.ts'
import {nodeLocalMachine} from '../../../remote/local/node-local-machine.ts'

const said = new Set<string>()

/** The machine on which kadm runs; parts of ssh's files that it ignores are named once per run, on stderr. */
export const thisMachine = (): LocalMachine =>
  nodeLocalMachine(process.env, {
    note: text => {
      if (said.has(text)) return
      said.add(text)
      process.stderr.write(`note: ${text}\n`)
    },
  })
