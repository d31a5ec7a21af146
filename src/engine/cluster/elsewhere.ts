import type {CaName} from '../../domain/certificates.ts'
import {authoritiesElsewhere} from '../../domain/external-ca.ts'
import type {Candidate} from '../hosts/open-machines.ts'

/** The authorities whose key is on no control plane of a run, nor on the one that it joins. */
export const elsewhereIn = (candidates: readonly Candidate[], seed: Candidate | undefined): readonly CaName[] =>
  authoritiesElsewhere(
    [...candidates.filter(({spec}) => spec.role === 'control-plane'), ...(seed === undefined ? [] : [seed])].map(
      ({gathered}) => gathered.facts,
    ),
  )
