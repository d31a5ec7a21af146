import {expect, test} from 'vitest'
import {certificateSpec, wantedCertificate, type CertificateName} from '../../../src/domain/certificates.ts'
import {revertLedger} from '../../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../../src/engine/ledger/read-ledger.ts'
import type {AnyHostResource} from '../../../src/resources/any-resource.ts'
import {directory} from '../../../src/resources/files/directory.ts'
import {file} from '../../../src/resources/files/file.ts'
import {certificate} from '../../../src/resources/pki/certificate.ts'
import {kubeconfig} from '../../../src/resources/pki/kubeconfig.ts'
import {serviceAccountKey} from '../../../src/resources/pki/service-account-key.ts'
import {unit} from '../../../src/resources/systemd/unit.ts'
import {cluster, node, START, valuesOf} from '../../resources/cluster-values.ts'
import {dieEverywhere} from '../die-everywhere.ts'
import {apply, NEVER, proving} from '../sample-run.ts'
import {scratchHosts, type ScratchHost} from '../scratch-host.ts'
import type {Sweep} from './deaths.ts'

/** The shorter sweep kills it before one of so many programs. */
const STEP = 5
const why = 'a test needs it'
const pem = (name: CertificateName): AnyHostResource =>
  certificate({
    name,
    signer: certificateSpec(name).signer,
    wanted: wantedCertificate(name, cluster, node),
    algorithm: 'ECDSA-P256',
    at: START.toISOString(),
    why,
  })
const conf = (name: string): AnyHostResource =>
  kubeconfig({
    path: `/etc/kubernetes/${name}.conf`,
    user: `system:${name}`,
    server: 'https://10.0.0.10:6443',
    clusterName: 'kubernetes',
    wanted: {...wantedCertificate('front-proxy-client', cluster, node), commonName: `system:${name}`},
    algorithm: 'ECDSA-P256',
    caPath: '/etc/kubernetes/pki/ca.crt',
    at: START.toISOString(),
    why,
  })

const PHASES: readonly (readonly AnyHostResource[])[] = [
  [
    directory({path: '/etc/kubernetes', tree: true, why}),
    directory({path: '/etc/kubernetes/pki', tree: true, why}),
    file({path: '/etc/kubernetes/manifests/etcd.yaml', content: 'kind: Pod\n', why}),
  ],
  [pem('ca')],
  [pem('apiserver'), serviceAccountKey('ECDSA-P256')],
  [conf('scheduler')],
  [unit({name: 'kubelet.service', why})],
]

/** systemd of a machine that has a kubelet, in a file. */
const systemctl = (
  root: string,
): string => `state=${root}/kubelet-state; [ -e "$state" ] || echo inactive disabled >"$state"
read -r active enabled <"$state"
case "$*" in
*-p\\ LoadState\\ --value*) echo loaded;;
*LoadState,ActiveState*) printf 'LoadState=loaded\\nActiveState=%s\\nSubState=x\\nUnitFileState=%s\\nNeedDaemonReload=no\\n' "$active" "$enabled";;
*NeedDaemonReload*) printf 'loaded\\nno\\n';;
*enable*) echo "$active enabled" >"$state";;
*disable*) echo "$active disabled" >"$state";;
start*|restart*) echo "active $enabled" >"$state";;
stop*) echo "inactive $enabled" >"$state";;
esac`

/** Makes the machine one that kadm made a control plane of. */
export async function controlPlane(vm: ScratchHost): Promise<ScratchHost> {
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.stub('systemctl', systemctl(vm.root))
  const values = valuesOf()
  for (const phase of PHASES) await apply(vm.host, phase, {values})
  return vm
}

/** Kills the undo of a control plane before these of its programs, and runs it again each time. */
export function undoSweep(sweep: Sweep): void {
  const scratch = scratchHosts()

  test(`that is killed before ${sweep} of its programs ends when it is run again`, async () => {
    const made = await controlPlane(scratch())
    const entries = PHASES.flat().length
    expect((await readLedger(made.host, NEVER)).entries).toHaveLength(entries)

    const points = await dieEverywhere(sweep === 'each' ? 1 : STEP, () => {
      const vm = scratch('vm-1', made)
      vm.stub('systemctl', systemctl(vm.root))
      return Promise.resolve({
        vm,
        work: () => revertLedger(proving(vm.host, 1)),
        check: async () => {
          const again = await revertLedger(proving(vm.host, 1))
          expect(again.left).toStrictEqual([])
          expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
          expect(vm.has('/etc/kubernetes')).toBe(false)
          expect(vm.read(`${vm.root}/kubelet-state`)).toBe('inactive disabled\n')
        },
      })
    })

    expect(points).toBeGreaterThan(entries)
  }, 240_000)
}
