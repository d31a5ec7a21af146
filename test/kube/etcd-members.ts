import type {AskedMember} from '../../src/domain/etcd.ts'
import type {EtcdStatus} from '../../src/kube/etcd/etcd-answers.ts'
import type {MemberReport} from '../../src/kube/etcd/etcd-client.ts'

export const peerUrlOf = (last: number): string => `https://10.0.0.${String(last)}:2380`

/** The healthy member of etcd on machine cp-N. */
export const askedMember = (last: number, changes: Partial<AskedMember> = {}): AskedMember => ({
  id: `a${String(last)}`,
  name: `cp-${String(last)}`,
  peerUrls: [peerUrlOf(last)],
  clientUrls: [],
  isLearner: false,
  isHealthy: true,
  ...changes,
})

/** What this member says about itself; the first one leads. */
export const etcdStatus = (last: number, changes: Partial<EtcdStatus> = {}): EtcdStatus => ({
  memberId: `a${String(last)}`,
  leaderId: 'a1',
  version: '3.7.0',
  revision: 10,
  raftTerm: 2,
  raftIndex: 20,
  raftAppliedIndex: 20,
  dbSizeBytes: 100,
  dbInUseBytes: 10,
  isLearner: false,
  errors: [],
  ...changes,
})

/** Both together. */
export const memberReport = (last: number, changes: Partial<MemberReport> = {}): MemberReport => ({
  ...askedMember(last),
  status: etcdStatus(last),
  ...changes,
})

/** A member that does not answer. */
export const SILENT = {isHealthy: false, status: undefined} as const
