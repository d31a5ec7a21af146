import {expect} from 'vitest'
import type {TestLab} from './test-lab.ts'

/** Takes parts of a cluster away, sees that they are named, types what is printed, and sees that this repairs it. */
export async function takenAwayAndBack(lab: TestLab, worker: string, file: string): Promise<void> {
  await lab.must('master', 'kubectl -n kube-system scale deployment coredns --replicas=0')
  await lab.must('master', 'kubectl -n kube-flannel delete daemonset kube-flannel-ds')
  await lab.must('master', `kubectl cordon ${worker}`)
  await lab.must('master', 'kubectl delete clusterrolebinding kubeadm:node-proxier')

  const status = await lab.kadm(['status', '-f', file])
  const doctor = await lab.kadm(['doctor', '-f', file])

  expect([status.code, doctor.code]).toEqual([9, 9])
  expect(status.stdout).toMatch(/^kube-flannel\/kube-flannel-ds +missing/m)
  expect(status.stdout).toMatch(/^coredns +broken +0 of 0 available/m)
  for (const name of ['workload-missing', 'dns-scaled-to-0', 'node-cordoned', 'rights-missing'])
    expect(doctor.stdout).toMatch(new RegExp(`: cluster: ${name}: `))
  for (const [, fix = ''] of doctor.stdout.matchAll(/next: (?:if the maintenance is complete: )?`(kubectl [^`]+)`/g))
    await lab.must('master', fix)
  await lab.kadmDone(['apply', '-f', file])
  const asked = async (): Promise<readonly unknown[]> => {
    const answers = await Promise.all([lab.kadm(['status', '-f', file]), lab.kadm(['doctor', '-f', file])])
    return answers.map(({code}) => code)
  }
  await expect.poll(asked, {timeout: 120_000, interval: 5_000}).toEqual([0, 0])
}
