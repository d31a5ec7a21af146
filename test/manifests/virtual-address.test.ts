import {describe, expect, it} from 'vitest'
import {keepalivedCheck, keepalivedConfig, type KeepalivedInput} from '../../src/manifests/keepalived.ts'
import {kubeVipPod} from '../../src/manifests/kube-vip.ts'
import {toYaml} from '../../src/manifests/yaml.ts'
import {clusterOf, nodeOf, templates} from './cluster.ts'

const ALL = ['192.168.56.10', '192.168.56.9', '192.168.56.110']
const VIP = {address: '192.168.56.100', provider: 'keepalived', networkInterface: undefined} as const

const inputOf = (changes: Partial<KeepalivedInput> = {}): KeepalivedInput => ({
  cluster: clusterOf('v1.37.2'),
  vip: VIP,
  node: nodeOf({name: 'cp-1', address: '192.168.56.10'}),
  networkInterface: 'enp0s8',
  controlPlanes: ALL,
  ...changes,
})
const configOf = (changes: Partial<KeepalivedInput> = {}): string => keepalivedConfig(templates, inputOf(changes))

describe('keepalived', () => {
  it('has a configuration and a program that asks its API server', async () => {
    await expect(configOf()).toMatchFileSnapshot('golden/keepalived.conf')
    await expect(keepalivedCheck(templates, inputOf())).toMatchFileSnapshot('golden/keepalived-check.sh')
  })

  it('is the same whatever the order of the control planes, and knows no address twice', () => {
    expect(configOf({controlPlanes: [...ALL.toReversed(), '192.168.56.10']})).toBe(configOf())
  })

  it('sends adverts to all others, each with a priority of its own', () => {
    const priorityOf = (address: string): string | undefined =>
      /priority (\d+)/.exec(configOf({node: nodeOf({address})}))?.[1]
    const own = configOf({node: nodeOf({address: '192.168.56.9'})})

    expect(ALL.map(priorityOf)).toEqual(['190', '200', '180'])
    expect(own).toContain('unicast_src_ip 192.168.56.9\n')
    expect(/unicast_peer \{\n([^}]*)\}/.exec(own)?.[1]?.trim().split(/\s+/)).toEqual([
      '192.168.56.10',
      '192.168.56.110',
    ])
  })

  it('of a cluster with one control plane has nobody to tell', () => {
    expect(configOf({controlPlanes: []})).not.toContain('unicast')
  })

  it('has neither a password nor IPv4 lengths for an IPv6 address', () => {
    const vip = {...VIP, address: 'fd00::64'}
    const six = {vip, node: nodeOf({address: 'fd00::1'}), controlPlanes: ['fd00::2', 'fd00::1', 'fd00::10']}

    expect(configOf(six)).toContain('fd00::64/128 dev enp0s8\n')
    expect(configOf(six)).not.toContain('auth')
    expect(configOf(six)).toContain('priority 200\n')
    expect(keepalivedCheck(templates, inputOf(six))).toContain("'kubernetes:6443:[fd00::1]'")
  })

  it('numbers its group by the address, from 1 to 255', () => {
    const idOf = (address: string) => /virtual_router_id (\d+)/.exec(configOf({vip: {...VIP, address}}))?.[1]

    expect(['192.168.56.1', '10.0.1.0', '10.0.0.254', 'fd00::1:ff'].map(idOf)).toEqual(['1', '255', '254', '255'])
  })

  it('gives API servers of slow machines more time to answer', () => {
    const slow = inputOf({cluster: clusterOf('v1.37.2', {startupSeconds: 900})})

    expect(/max-time (\d+)/.exec(keepalivedCheck(templates, slow))?.[1]).toBe('8')
    expect(/timeout (\d+)/.exec(keepalivedConfig(templates, slow))?.[1]).toBe('9')
  })
})

describe('kube-vip', () => {
  const podOf = (isFirstStart: boolean): string =>
    toYaml(kubeVipPod({cluster: {apiPort: 6443}, vip: VIP, networkInterface: 'enp0s8', isFirstStart}))

  it('is a static pod', async () => {
    await expect(podOf(false)).toMatchFileSnapshot('golden/kube-vip.yaml')
  })

  it('has the rights for emergencies only at the first start of a new cluster', () => {
    expect(podOf(true)).toContain('path: "/etc/kubernetes/super-admin.conf"')
    expect(podOf(true).replace('super-admin', 'admin')).toBe(podOf(false))
  })
})
