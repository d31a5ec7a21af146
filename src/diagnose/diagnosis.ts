import type {Evidence} from '../domain/evidence.ts'

/** How sure it is: `certain` when the machine itself says so, `likely` when what is seen fits nothing else well, `possible` otherwise. */
export type Certainty = 'certain' | 'likely' | 'possible'

/** One cause of a failure, what proves it, and the one thing to do. */
export interface Diagnosis {
  /** The rule's name, for machines: `swap`. */
  readonly name: string
  readonly cause: string
  readonly certainty: Certainty
  /** Two or three lines as found on the host. */
  readonly proof: readonly string[]
  readonly fix: string
  /** Of what the cluster shows: the nodes that it is about; none where it is about all of the cluster. */
  readonly nodes?: readonly string[]
  /** The addresses of the machines that this one cannot reach. */
  readonly towards?: readonly string[]
  /** Only what is outside the cluster does not answer: the cluster works, so status shows it and does not fail. */
  readonly isOutside?: true
}

/** What was being done when it failed. */
export interface Waited {
  /** Path of the phase; `doctor` when nothing failed and you only ask. */
  readonly phase: string
  /** In words: `the API server to answer`. */
  readonly waitedFor: string
  /** Our own clock in the middle of the look, seconds since the epoch; lets a wrong clock of the host be seen. */
  readonly now?: number | undefined
}

/** What a rule finds; its name is the rule's. */
export type Judgement = Omit<Diagnosis, 'name'>

/** One known cause. Pure; says nothing when the evidence does not show it. */
export interface Rule {
  readonly name: string
  /** Causes of which this is only a consequence: where one of them is found, this is not told. */
  readonly follows?: readonly string[]
  /** Breaks nothing before a boot or an upgrade, so it explains no failure: it comes last, and hides nothing. */
  readonly isLater?: true
  readonly judge: (evidence: Evidence, what: Waited) => Judgement | undefined
}
