import {describe, expect, test} from 'vitest'
import {backParts, revertLedger} from '../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {certificateSpec, wantedCertificate, type CertificateName} from '../../src/domain/certificates.ts'
import type {AnyHostResource, State} from '../../src/resources/any-resource.ts'
import {KIND_NAMES, kindOf} from '../../src/resources/any-resource.ts'
import {certificate} from '../../src/resources/pki/certificate.ts'
import {directory} from '../../src/resources/files/directory.ts'
import {file} from '../../src/resources/files/file.ts'
import {kubeconfig} from '../../src/resources/pki/kubeconfig.ts'
import {serviceAccountKey} from '../../src/resources/pki/service-account-key.ts'
import {unit} from '../../src/resources/systemd/unit.ts'
import {cluster, node, START, valuesOf} from '../resources/cluster-values.ts'
import {dieEverywhere} from './die-everywhere.ts'
import {EVERY_KIND} from './every-kind.ts'
import {apply, NEVER, proving} from './sample-run.ts'
import {scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()
const samples = EVERY_KIND.map(sample => [sample.resource.kind, sample] as const)
/** As the ledger keeps it. */
const kept = (state: State): State => JSON.parse(JSON.stringify(state)) as State

describe('a thing is back as it was', () => {
  test('is known for every kind that the ledger keeps', () => {
    const lasting = KIND_NAMES.filter(
      name => !['bootstrap-kubeconfig', 'cleanup', 'baseline', 'etcd-restore', 'static-pod', 'wait'].includes(name),
    )

    expect(EVERY_KIND.map(({resource}) => resource.kind).toSorted()).toStrictEqual(lasting.toSorted())
    expect(EVERY_KIND.filter(({resource}) => kindOf(resource).schema === undefined)).toStrictEqual([])
  })

  test.each(samples)('%s: although what it refers to is gone as well', (_, {resource, original, undone}) => {
    expect(backParts(resource, undone, kept(original))).toBe('all')
  })

  test.each(samples)('%s: but not while it is as it was applied', (_, {resource, original, applied}) => {
    expect(backParts(resource, applied, kept(original))).not.toBe('all')
  })

  test.each(samples)('%s: although a later kadm sees more of it', (_, {resource, original, undone}) => {
    expect(backParts(resource, kept(Object.assign({}, undone, {seenLater: true})), kept(original))).toBe('all')
  })
})

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

async function controlPlane(): Promise<ScratchHost> {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.stub('systemctl', systemctl(vm.root))
  const values = valuesOf()
  for (const phase of PHASES) await apply(vm.host, phase, {values})
  return vm
}

describe('an undo of a control plane', () => {
  test('that is killed before any of its programs ends when it is run again', async () => {
    const made = await controlPlane()
    const entries = PHASES.flat().length
    expect((await readLedger(made.host, NEVER)).entries).toHaveLength(entries)

    const points = await dieEverywhere(() => {
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

  test('that was cut off half way through a thing still leaves alone what others made of it since', async () => {
    const vm = await controlPlane()
    const {folder} = (await readLedger(vm.host, NEVER)).entries.find(({id}) => id === 'certificate:apiserver') ?? {
      folder: '',
    }
    vm.write(`/var/lib/kadm/ledger/${folder}/undoing`, '')
    vm.write('/etc/kubernetes/pki/apiserver.crt', 'by hand\n')

    const {left} = await revertLedger(proving(vm.host, 1))

    expect(left).toMatchObject([{id: 'certificate:apiserver'}])
  })
})
