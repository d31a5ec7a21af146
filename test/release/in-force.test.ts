import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labClusterYaml} from '../../src/commands/runtime/lab/lab-cluster.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {errorsIn} from '../e2e/told.ts'
import {expiredClient} from './expired.ts'

/** Shell that prints the process of a program in a static pod, and waits for one where it is just starting. */
const pidOf = (program: string): string => `for i in $(seq 50); do pgrep -x ${program} && break; sleep 0.2; done`

describe('what apply writes is in force when it says done', () => {
  let lab: TestLab
  let file = ''
  beforeAll(async () => {
    lab = await testLab('in-force', ['master', 'worker-1'])
    file = await lab.write('kadm.yaml', labClusterYaml(lab.lab))
    await measured('the first apply', () => lab.kadmDone(['apply', '-f', file]))
  })
  afterAll(() => lab.down())

  const applied = async (what: string, config = file): Promise<void> => {
    const {events} = await measured(`apply after ${what}`, () => lab.kadmDone(['apply', '-f', config, '--json']))
    console.log(
      events
        .flatMap(({type, resource, what: diff}) =>
          type === 'changed' ? [`    ${String(resource)}: ${String(diff)}`] : [],
        )
        .join('\n'),
    )
    const again = await lab.kadmDone(['apply', '-f', config, '--json'])
    expect(again.events.filter(({type}) => type === 'changed')).toEqual([])
    expect(await lab.must('master', 'kubectl get nodes --no-headers | grep -c " Ready "')).toBe('2')
  }
  const asRoot = (machine: string, script: string): Promise<string> => lab.must(machine, 'sudo sh -eu', script)

  it('at first, and leaves no token', async () => {
    await applied('nothing')
    expect(await lab.must('master', 'kubectl -n kube-system get secrets -o name | grep -c bootstrap-token || :')).toBe(
      '0',
    )
  })

  it('after the node was deleted from the cluster', async () => {
    await lab.must('master', 'kubectl delete node worker-1')
    await applied('a node was deleted')
  })

  it('after the hostname was changed and the kubelet restarted by that name', async () => {
    await asRoot('worker-1', 'hostname node-b; echo node-b >/etc/hostname; systemctl restart kubelet; sleep 3')
    await applied('a changed hostname')
    expect(await lab.must('worker-1', 'hostname')).toBe('worker-1')
  })

  it('after a flag of the API server was changed in the file', async () => {
    const config = join(lab.home, 'args.yaml')
    const more = {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'ClusterConfiguration',
      apiServer: {extraArgs: [{name: 'event-ttl', value: '2h'}]},
    }
    await writeFile(config, `${labClusterYaml(lab.lab)}---\n${stringify(more)}`)
    await lab.kadmDone(['apply', '-f', config])
    expect(await asRoot('master', `tr '\\0' ' ' </proc/$(pgrep -x kube-apiserver)/cmdline`)).toContain('--event-ttl=2h')
    await applied('a changed flag of the API server', config)
    await applied('the flag was taken back')
    expect(await asRoot('master', `tr '\\0' ' ' </proc/$(pgrep -x kube-apiserver)/cmdline`)).not.toContain('event-ttl')
  })

  it('after the client certificate of the controller manager expired', async () => {
    const {certPem, keyPem} = await expiredClient(lab, {commonName: 'system:kube-controller-manager'})
    const before = await lab.must('master', pidOf('kube-controller'))
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    await asRoot(
      'master',
      `sed -i -e 's/client-certificate-data: .*/client-certificate-data: ${base64(certPem)}/' -e 's/client-key-data: .*/client-key-data: ${base64(keyPem)}/' /etc/kubernetes/controller-manager.conf`,
    )
    await applied('an expired controller-manager.conf')
    expect(await lab.must('master', pidOf('kube-controller'))).not.toBe(before)
    await lab.must(
      'master',
      'kubectl create deployment probe --image=registry.k8s.io/pause:3.10.2 --dry-run=none && kubectl rollout status --timeout=60s deployment/probe && kubectl delete deployment probe',
    )
  })

  it('after the client certificate of a kubelet expired', async () => {
    const {certPem, keyPem} = await expiredClient(lab, {
      commonName: 'system:node:worker-1',
      organisations: ['system:nodes'],
    })
    await lab.must('worker-1', 'sudo tee /var/lib/kubelet/pki/expired.pem >/dev/null', `${certPem}${keyPem}`)
    await asRoot(
      'worker-1',
      'cd /var/lib/kubelet/pki; systemctl stop kubelet; ln -sf expired.pem kubelet-client-current.pem; systemctl start kubelet; sleep 2',
    )
    await applied('an expired certificate of a kubelet')
  })

  it('after a join that was cut off when the kubelet had a token that is deleted now', async () => {
    await asRoot(
      'worker-1',
      `systemctl stop kubelet
server=$(sed -n 's/.*server: //p' /etc/kubernetes/kubelet.conf | head -n 1)
cat >/etc/kubernetes/bootstrap-kubelet.conf <<END
apiVersion: v1
kind: Config
clusters: [{name: demo, cluster: {server: $server, certificate-authority: /etc/kubernetes/pki/ca.crt}}]
users: [{name: token, user: {token: abcdef.0123456789abcdef}}]
contexts: [{name: demo, context: {cluster: demo, user: token}}]
current-context: demo
END
rm -f /etc/kubernetes/kubelet.conf /var/lib/kubelet/pki/kubelet-client-*.pem /var/lib/kubelet/pki/expired.pem
systemctl start kubelet; sleep 3`,
    )
    await applied('a join that was cut off')
  })

  it('and not when the kubelet keeps stopping', async () => {
    await asRoot('worker-1', `echo 'KUBELET_EXTRA_ARGS=--no-such-flag' >/etc/default/kubelet`)
    const {code, events} = await lab.kadm(['apply', '-f', file, '--json'])
    expect(code).not.toBe(0)
    expect(JSON.stringify(errorsIn(events))).toContain('no-such-flag')
    const ignored = await lab.kadm(['apply', '-f', file, '--json', '--ignore-preflight-errors', 'all'])
    expect(ignored.code).not.toBe(0)
    expect(JSON.stringify(errorsIn(ignored.events))).toContain('no-such-flag')
    await asRoot('worker-1', 'rm /etc/default/kubelet')
    await applied('the flag was removed')
  })

  it('and refuses another version, whatever is ignored', async () => {
    const other = await lab.write(
      'other.yaml',
      labClusterYaml(lab.lab)
        .replace(/kubernetesVersion: .*/, 'kubernetesVersion: v1.36.3')
        .replace(/kind: bundle\n +path: .*/, 'kind: online'),
    )
    const {code, events} = await lab.kadm(['apply', '-f', other, '--json', '--ignore-preflight-errors', 'all'])
    expect(code).toBe(3)
    expect(JSON.stringify(errorsIn(events))).toContain('VersionChange')
  })
})
