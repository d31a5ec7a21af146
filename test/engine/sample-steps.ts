import type {Phase, Step} from '../../src/phases/phase.ts'

const phase = (name: string, more: Partial<Phase> = {}): Phase => ({name, title: name, why: 'a test needs it', ...more})
export const step = (path: string, more: Partial<Phase> = {}): Step => ({
  path,
  phase: phase(path.split('/').at(-1) ?? '', more),
})
