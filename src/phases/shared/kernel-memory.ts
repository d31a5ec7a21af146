import {KADM_DIR} from '../../domain/paths.ts'
import {sh} from '../../remote/shell/shell.ts'
import {cleanup, type CleanupResource} from '../../resources/steps/cleanup.ts'
import {baseline, type BaselineResource} from '../../resources/steps/baseline.ts'

/**
 * Settings that the kubelet (container_manager_linux.go) and kube-proxy (server_linux.go, proxier.go) change by
 * themselves.
 */
const TOUCHED = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
  'net/ipv4/conf/all/route_localnet',
  'net/netfilter/nf_conntrack_max',
  'net/netfilter/nf_conntrack_tcp_timeout_established',
  'net/netfilter/nf_conntrack_tcp_timeout_close_wait',
  'net/netfilter/nf_conntrack_tcp_be_liberal',
] as const

const KEPT = `${KADM_DIR}/kernel-settings`

/** Records, once and before Kubernetes runs, the kernel settings that Kubernetes changes. */
export const rememberKernelSettings = (): BaselineResource =>
  baseline({
    name: 'kernel-settings',
    why: 'records kernel settings before kubelet and kube-proxy change them, so that a reset restores them',
    path: KEPT,
    print: sh`for key in ${TOUCHED}; do [ ! -e /proc/sys/$key ] || printf '%s %s\n' "$key" "$(cat /proc/sys/$key)"; done`,
  })

/** Restores the recorded settings. */
export const restoreKernelSettings = (): CleanupResource =>
  cleanup({
    name: 'kernel-settings',
    why: 'restores the kernel settings that kubelet and kube-proxy changed',
    remains: sh`[ -e ${KEPT} ] || exit 0
while read -r key value; do
  [ ! -e "/proc/sys/$key" ] || [ "$(cat "/proc/sys/$key")" = "$value" ] || echo "$key"
done <${KEPT}`,
    clear: sh`while read -r key value; do
  [ ! -e "/proc/sys/$key" ] || [ "$(cat "/proc/sys/$key")" = "$value" ] || echo "$value" 2>/dev/null >"/proc/sys/$key" || echo "$key cannot be put back here" >&2
done <${KEPT}`,
  })
