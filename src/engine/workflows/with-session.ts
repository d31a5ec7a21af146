import type {Host} from '../../remote/host.ts'
import {openSession, type WhenHeld} from './open-session.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

/** What is done with a session. */
export interface SessionWork<T, B> {
  /** Questions to the person, before the view of the run begins. */
  readonly before: (session: Session) => Promise<B>
  readonly work: (session: Session, before: B) => Promise<T>
}

/** Connects, gathers the facts of every host and runs the preflight checks; closes everything at the end. */
export async function withSession<T, B>(
  options: WorkflowOptions,
  whenHeld: WhenHeld,
  {before, work}: SessionWork<T, B>,
): Promise<T> {
  const connections: Host[] = []
  const closers: (() => Promise<void>)[] = []
  try {
    const {emit, clock, command} = options
    const at = clock.now()
    const session = await openSession(options, {connections, closers, whenHeld})
    const asked = await before(session)
    emit({type: 'run-started', command, hosts: session.nodes.map(({name}) => name), at})
    return await work(session, asked)
  } finally {
    await Promise.allSettled(closers.map(close => close()))
    await Promise.allSettled(connections.map(host => host.close()))
  }
}
