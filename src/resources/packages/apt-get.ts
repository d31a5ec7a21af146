import {program} from '../../remote/shell/program.ts'
import {type Script, sh} from '../../remote/shell/shell.ts'

/** Asks nothing, keeps changed configuration files, brings nothing that was not asked for, and gives up on a server that is silent. */
export const aptGet = sh`LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30`

/**
 * Fetches the package lists; what apt says is in "$kadm_said", how it ended in "$kadm_code". It has a temporary folder of its own,
 * since apt may leave the keys there that it wrote down for checking.
 */
export const aptUpdate = (
  options: Script = sh``,
): Script => sh`kadm_tmp=$(mktemp -d); chmod 1777 "$kadm_tmp"; kadm_code=0
kadm_said=$(export TMPDIR="$kadm_tmp"; ${aptGet} ${options} update 2>&1) || kadm_code=$?
rm -rf -- "$kadm_tmp"`

/** The first thing apt complains of in "$kadm_said". */
export const aptReason = sh`printf '%s\n' "$kadm_said" | sed -n 's/^[EW]: //p' | head -n 1`

/**
 * Functions that install what was named by `kadm_want NAME RELEASE`. Everything is fetched before anything is installed, so that a
 * server that is away leaves nothing half done. The lists are only fetched when what they know is not enough.
 */
export const aptShell = program('apt-get', {apt_get: aptGet, apt_reason: aptReason, apt_update: aptUpdate()})
