import type {Command} from '@oclif/core'
import {Apply} from './apply.ts'
import {Backup} from './backup.ts'
import {BundleCreate} from './bundle/create.ts'
import {BundleVerify} from './bundle/verify.ts'
import {CertsCertificateKey} from './certs/certificate-key.ts'
import {CertsCsr} from './certs/csr.ts'
import {CertsUpload} from './certs/upload.ts'
import {Completion} from './completion.ts'
import {ConfigHosts} from './config/hosts.ts'
import {ConfigImages} from './config/images.ts'
import {ConfigMigrate} from './config/migrate.ts'
import {ConfigPrint} from './config/print.ts'
import {ConfigSchema} from './config/schema.ts'
import {ConfigValidate} from './config/validate.ts'
import {Doctor} from './doctor.ts'
import {EtcdBackup} from './etcd/backup.ts'
import {EtcdDefrag} from './etcd/defrag.ts'
import {EtcdMembers} from './etcd/members.ts'
import {EtcdRestore} from './etcd/restore.ts'
import {EtcdStatus} from './etcd/status.ts'
import {Explain} from './explain.ts'
import {Init} from './init.ts'
import {Join} from './join.ts'
import {Kubeconfig} from './kubeconfig.ts'
import {LabDemo} from './lab/demo.ts'
import {LabDown} from './lab/down.ts'
import {LabExec} from './lab/exec.ts'
import {LabList} from './lab/list.ts'
import {LabPower} from './lab/power.ts'
import {LabReboot} from './lab/reboot.ts'
import {LabSsh} from './lab/ssh.ts'
import {LabTrouble} from './lab/trouble.ts'
import {LabUp} from './lab/up.ts'
import {PhaseList} from './phase/list.ts'
import {Plan} from './plan.ts'
import {Preflight} from './preflight.ts'
import {RepairClones} from './repair/clones.ts'
import {Remove} from './remove.ts'
import {Reset} from './reset.ts'
import {Restore} from './restore.ts'
import {Status} from './status.ts'
import {TokenCreate} from './token/create.ts'
import {TokenDelete} from './token/delete.ts'
import {TokenList} from './token/list.ts'
import {Verify} from './verify.ts'
import {Version} from './version.ts'

/** All commands by name; each command loads its modules when it runs. */
export const COMMANDS = {
  apply: Apply,
  backup: Backup,
  'bundle:create': BundleCreate,
  'bundle:verify': BundleVerify,
  'certs:certificate-key': CertsCertificateKey,
  'certs:csr': CertsCsr,
  'certs:upload': CertsUpload,
  completion: Completion,
  'config:hosts': ConfigHosts,
  'config:images': ConfigImages,
  'config:migrate': ConfigMigrate,
  'config:print': ConfigPrint,
  'config:schema': ConfigSchema,
  'config:validate': ConfigValidate,
  doctor: Doctor,
  'etcd:backup': EtcdBackup,
  'etcd:defrag': EtcdDefrag,
  'etcd:members': EtcdMembers,
  'etcd:restore': EtcdRestore,
  'etcd:status': EtcdStatus,
  explain: Explain,
  init: Init,
  join: Join,
  kubeconfig: Kubeconfig,
  'lab:demo': LabDemo,
  'lab:down': LabDown,
  'lab:exec': LabExec,
  'lab:list': LabList,
  'lab:power': LabPower,
  'lab:reboot': LabReboot,
  'lab:ssh': LabSsh,
  'lab:trouble': LabTrouble,
  'lab:up': LabUp,
  'phase:list': PhaseList,
  plan: Plan,
  preflight: Preflight,
  'repair:clones': RepairClones,
  remove: Remove,
  reset: Reset,
  restore: Restore,
  status: Status,
  'token:create': TokenCreate,
  'token:delete': TokenDelete,
  'token:list': TokenList,
  verify: Verify,
  version: Version,
} as const satisfies Readonly<Record<string, Command.Class>>
