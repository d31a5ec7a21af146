import {sh} from '../../remote/shell/shell.ts'
import {asRoot} from './privileged.ts'

/** From here on it is likely that a machine ended, without a word, because it got no watcher. */
const CROWDED = 0.85

/**
 * All root processes of a system share one limit on inotify instances, and that includes processes in machines:
 * a bare machine uses seven, a cluster node twenty. The limit is a kernel setting that belongs to the user, so
 * kadm reports it and does not raise it; undefined while the limit is not reached.
 */
export async function crowdedWatchers(): Promise<string | undefined> {
  const answer = await asRoot(
    'counting file watchers',
    sh`
cat /proc/sys/fs/inotify/max_user_instances
find /proc/[0-9]*/fd -maxdepth 1 -user root -lname anon_inode:inotify 2>/dev/null | wc -l`,
  ).catch(() => '')
  const [limit = 0, used = 0] = answer.trim().split('\n').map(Number)
  if (used < limit * CROWDED) return undefined
  return `remove a lab that you do not need, or run: sudo sysctl fs.inotify.max_user_instances=${String(4 * limit)} (about ${String(used)} of ${String(limit)} file watchers are in use)`
}
