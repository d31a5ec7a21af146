import {describe, expect, it} from 'vitest'
import type {FileFacts} from '../../../src/domain/facts.ts'
import type {ListedNode} from '../../../src/domain/removal.ts'
import {aliveLeaver, deadLeaver, type RemovalTarget} from '../../../src/engine/removal/leaver-of.ts'
import {link, sampleFacts, sampleSpec} from '../../phases/preflight/sample.ts'

const NODES: readonly ListedNode[] = [
  {name: 'cp-1', address: '10.0.0.1', role: 'control-plane'},
  {name: 'worker-1', address: '10.0.0.21', role: 'worker'},
]
const spec = sampleSpec({
  name: 'worker-1',
  ssh: {
    address: '192.168.56.21',
    port: undefined,
    user: 'u',
    keyFile: undefined,
    hostKey: undefined,
    jump: undefined,
  },
})
const target = (changes: Partial<RemovalTarget> = {}): RemovalTarget => ({
  named: 'worker-1',
  spec: undefined,
  isInFile: false,
  ...changes,
})
const manifest: FileFacts = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined}
const facts = (nodeName: string | undefined, address: string, files: Readonly<Record<string, FileFacts>> = {}) => {
  const made = sampleFacts(10, {nodeName, hostname: 'worker-1', files})
  return {
    ...made,
    network: {...made.network, connectedAddress: undefined, interfaces: [link('eth0', [`${address}/24`])]},
  }
}

describe('a dead machine', () => {
  it.each([
    ['the name of its node', target(), 'worker-1', '10.0.0.21'],
    ['the address of its node', target({named: '10.0.0.21'}), 'worker-1', '10.0.0.21'],
    ['its host in the file', target({named: 'w', spec, isInFile: true}), 'worker-1', '10.0.0.21'],
  ])('is known by %s', (_, wanted, name, address) => {
    expect(deadLeaver(wanted, NODES)).toMatchObject({name, address, isListed: true, isDead: true})
  })

  it('of the file is known also when an earlier run removed its node', () => {
    expect(deadLeaver(target({spec, isInFile: true}), [])).toEqual({
      name: 'worker-1',
      address: '192.168.56.21',
      role: 'worker',
      isListed: false,
      isDead: true,
    })
  })

  it('that nobody knows is an error that lists the nodes', () => {
    expect(() => deadLeaver(target({named: 'wroker-1'}), NODES)).toThrow("the cluster has no node 'wroker-1'")
  })
})

describe('a machine that answers', () => {
  it('says itself which node it is, whatever it is called in the file', () => {
    expect(aliveLeaver(target(), facts('cp-1', '10.0.0.1'), NODES)).toMatchObject({
      name: 'cp-1',
      role: 'control-plane',
      isListed: true,
      isDead: false,
    })
  })

  it('is a control plane by its manifest, also after its node was removed', () => {
    const files = {'/etc/kubernetes/manifests/kube-apiserver.yaml': manifest}
    expect(aliveLeaver(target(), facts('cp-9', '10.0.0.9', files), NODES)).toMatchObject({
      name: 'cp-9',
      role: 'control-plane',
      isListed: false,
    })
  })

  it('that lost its files is the node at its address', () => {
    expect(aliveLeaver(target(), facts(undefined, '10.0.0.21'), NODES)).toMatchObject({
      name: 'worker-1',
      isListed: true,
    })
  })

  it('that only has the name of a node is not that node', () => {
    expect(() => aliveLeaver(target(), facts(undefined, '10.0.0.99'), NODES)).toThrow(
      'the node worker-1 is another machine, at 10.0.0.21',
    )
  })

  it('that is bare and whose node is gone has nothing to leave', () => {
    expect(aliveLeaver(target(), facts(undefined, '10.0.0.99'), [])).toMatchObject({name: 'worker-1', isListed: false})
  })
})
