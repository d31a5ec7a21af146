import {join} from 'node:path'
import {sh, concat as joinScripts, type Script} from '../../remote/shell/shell.ts'
import {clearCgroups, enterCgroups, prepareCgroups, type CgroupPlan} from './cgroups.ts'
import {rootOf} from '../image/disk.ts'
import {consoleFile} from '../state/lab-state.ts'
import {BRIDGE} from '../network/network.ts'

export interface SupervisorPlan {
  readonly dir: string
  /** Unique on the user's machine; names the veth and gives the MAC. */
  readonly id: string
  readonly hostname: string
  readonly namespace: string
  readonly cgroups: CgroupPlan
}

/** How systemd-nspawn says that the machine wants to boot again. */
const REBOOT = 133

/** What belongs to the user's kernel as a whole is not a machine's to change. */
const DROPPED = 'CAP_SYS_MODULE,CAP_SYS_TIME,CAP_SYS_RAWIO'

/** runc needs the keyring, and bpf on cgroup v2; everything else that nspawn forbids stays forbidden. */
const SYSTEM_CALLS = '@keyring bpf perf_event_open'

const nspawn = (plan: SupervisorPlan): Script => sh`
exec nsenter --net=${plan.namespace} systemd-nspawn --quiet --directory=${rootOf(plan.dir)} --boot --machine=${plan.id} \
  --hostname=${plan.hostname} --register=no --keep-unit --network-bridge=${BRIDGE} --capability=all --drop-capability=${DROPPED} \
  --system-call-filter=${SYSTEM_CALLS} --bind=/dev/kmsg --resolv-conf=off --timezone=off --link-journal=no --console=pipe </dev/null`

/** Writes pid, start time and boot of the process that the shell variable names, as process-identity.ts reads it. */
export const recordIdentity = (pid: Script, file: string): Script => sh`
echo "${pid} $(sed 's/.*) //' /proc/${pid}/stat | cut -d' ' -f20) $(cat /proc/sys/kernel/random/boot_id)" > ${`${file}.new`}
mv ${`${file}.new`} ${file}`

export const supervisorFile = (dir: string): string => join(dir, 'supervisor.pid')
export const nspawnFile = (dir: string): string => join(dir, 'nspawn.pid')
export const stopFile = (dir: string): string => join(dir, 'stop')

/** The small process that outlives us: starts the machine, starts it again when it reboots, and tidies up after it. */
export function supervisorScript(plan: SupervisorPlan): Script {
  return joinScripts([
    sh`set -eu
PATH=$PATH:/usr/sbin:/sbin`,
    recordIdentity(sh`$$`, supervisorFile(plan.dir)),
    prepareCgroups(plan.cgroups),
    sh`
code=${REBOOT}
while [ $code = ${REBOOT} ] && [ ! -e ${stopFile(plan.dir)} ]; do
  sh -eu <<'END' &
PATH=$PATH:/usr/sbin:/sbin
${enterCgroups(plan.cgroups)}
${recordIdentity(sh`$$`, nspawnFile(plan.dir))}
${nspawn(plan)}
END
  code=0
  wait $! || code=$?
  ${clearCgroups(plan.cgroups)}
done
rm -f ${nspawnFile(plan.dir)} ${supervisorFile(plan.dir)}`,
  ])
}

/** Starts the supervisor so that neither our end nor a closed terminal ends it. */
export function startSupervisor(plan: SupervisorPlan): Script {
  const unit = plan.cgroups.kind === 'systemd' ? plan.cgroups.unit : undefined
  return joinScripts([
    sh`rm -f ${stopFile(plan.dir)} ${nspawnFile(plan.dir)}`,
    startDetached({
      script: join(plan.dir, 'supervisor.sh'),
      log: consoleFile(plan.dir),
      pidFile: supervisorFile(plan.dir),
      unit,
    }),
  ])
}

export interface Detached {
  readonly script: string
  /** Where what it prints is appended. */
  readonly log: string
  /** Which it writes as its first act. */
  readonly pidFile: string
  /** The unit of this system's own init that it is run as; else it is a process by itself. */
  readonly unit: string | undefined
}

/** Starts a script so that neither our end nor a closed terminal ends it, and returns once it is written down. */
export function startDetached({script, log, pidFile, unit}: Detached): Script {
  const run =
    unit === undefined
      ? sh`setsid /bin/sh ${script} </dev/null >>${log} 2>&1 9>&- &`
      : sh`systemctl reset-failed ${unit} 2>/dev/null || :
systemd-run --quiet --unit=${unit} --property=Delegate=yes --property=KillMode=mixed \
  --property=StandardOutput=${`append:${log}`} --property=StandardError=${`append:${log}`} /bin/sh ${script}`
  // Only what is written down is found again.
  return sh`rm -f ${pidFile}
${run}
for i in $(seq 500); do [ ! -e ${pidFile} ] || break; sleep 0.02; done`
}
