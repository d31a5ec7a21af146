import type {Host} from '../../remote/host.ts'
import {openSession, type WhenHeld} from './open-session.ts'
import type {WorkflowOptions} from './options.ts'
import type {Session} from './session.ts'

/** Connects, gathers the facts of every host and runs the preflight checks; closes everything at the end. */
export async function withSession<T>(
  options: WorkflowOptions,
  whenHeld: WhenHeld,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const connections: Host[] = []
  const closers: (() => Promise<void>)[] = []
  try {
    const {emit, clock, command} = options
    const at = clock.now()
    const session = await openSession(options, {connections, closers, whenHeld})
    emit({type: 'run-started', command, hosts: session.nodes.map(({name}) => name), at})
    return await work(session)
  } finally {
    await Promise.allSettled(closers.map(close => close()))
    await Promise.allSettled(connections.map(host => host.close()))
  }
}
