import {stringify} from 'yaml'
import {KadmError} from '../../../domain/errors.ts'
import type {Lab} from '../../../lab/run/lab.ts'

/** The kadm.yaml for the machines of a lab; the first machine is the control plane. */
export function labClusterYaml(lab: Lab): string {
  if (lab.bundleDir === undefined)
    throw new KadmError('config', `lab ${lab.name} has no bundle yet`, {hint: 'run: kadm lab up'})
  return stringify(
    {
      apiVersion: 'kadm/v1',
      kind: 'Cluster',
      metadata: {name: lab.name},
      kubernetesVersion: lab.kubernetesVersion,
      hosts: lab.machines.map(({name, address, user, keyFile, hostKey}, i) => ({
        name,
        role: i === 0 ? 'control-plane' : 'worker',
        ssh: {address, user, keyFile, hostKey},
      })),
      source: {kind: 'bundle', path: lab.bundleDir},
    },
    {lineWidth: 0},
  )
}
