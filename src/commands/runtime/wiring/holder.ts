import {createHash} from 'node:crypto'
import {readFileSync, readlinkSync} from 'node:fs'
import {hostname} from 'node:os'
import {localUser} from '../../../remote/local/local-user.ts'
import type {Holder} from '../../../engine/lease/held.ts'

/** The scope in which a process id is unique: this boot of this machine and this process namespace. */
function placeMark(): string | undefined {
  try {
    const parts = [
      readFileSync('/etc/machine-id', 'utf8'),
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlinkSync('/proc/self/ns/pid'),
    ]
    return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
  } catch {
    return undefined
  }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** This process as the holder of leases: `ubuntu@laptop process 4711 on 1f2e…`. */
export function thisHolder(): Holder {
  const mark = placeMark()
  return {
    text: `${localUser(process.env).name}@${hostname()} process ${String(process.pid)}${mark === undefined ? '' : ` on ${mark}`}`,
    isGone: text => {
      const [, pid, place] = / process (\d+) on (\w+)$/.exec(text) ?? []
      return pid !== undefined && place === mark && !isRunning(Number(pid))
    },
  }
}
