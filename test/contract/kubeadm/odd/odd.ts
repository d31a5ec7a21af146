import {CLUSTERS} from './cluster.ts'
import {COMPONENTS} from './components.ts'
import {CONTROL_PLANES} from './control-plane.ts'
import {INITS} from './init.ts'
import {JOINS} from './join.ts'
import {YAML} from './yaml.ts'

/** Unusual files: what users write by mistake, or in a form that few people use. */
export const ODD: Readonly<Record<string, string>> = {
  ...YAML,
  ...CLUSTERS,
  ...COMPONENTS,
  ...CONTROL_PLANES,
  ...INITS,
  ...JOINS,
}

const INIT_REFUSES = 'kubeadm init refuses it, kubeadm config validate does not'
const API_REFUSES = 'the API server or the kubelet refuses what it leads to'
const OVER_SSH = 'a run over SSH creates the token with which machines join'

const refused = (why: string) => ({isTaken: false, why})
const taken = (why: string) => ({isTaken: true, why})

/** Where kadm decides otherwise than `kubeadm config validate`, with the reason. */
export const ODD_OTHERWISE: Readonly<Record<string, {readonly isTaken: boolean; readonly why: string}>> = {
  'advertise leading zero': refused('programs read such an address in different ways'),
  'args with blanks': refused('no component starts with such a flag'),
  'dual stack spaces': taken('blanks around a comma have one meaning'),
  'env both values': refused(API_REFUSES),
  'feature gate on': refused('kadm runs the control plane as root'),
  'ignore errors all and one': refused(INIT_REFUSES),
  'image tag bad': refused('no runtime can pull such an image'),
  'join by file': taken('the file is on the machine that joins'),
  'join without discovery': taken(OVER_SSH),
  'node name long': refused('it is the value of a label, which has 63 characters at most'),
  'reset alone': refused(INIT_REFUSES),
  'skip phase of join': refused(INIT_REFUSES),
  'socket relative': refused('the kubelet does not start with it'),
  'socket tcp': refused('the kubelet of Linux does not start with it'),
  'taint bad effect': refused(API_REFUSES),
  'taint without effect': refused(API_REFUSES),
  'upgrade alone': refused(INIT_REFUSES),
  'v1beta3 join': taken('kubeadm v1.36 takes it, and its meaning is the same'),
  'version blank': taken('blanks around a release have one meaning'),
  'version ci': refused('kadm installs releases'),
  'version pre release': refused('kadm installs releases'),
  'version too new': refused(INIT_REFUSES),
  'version with build': refused('kadm installs releases of the project'),
  'volume without mount': refused(API_REFUSES),
  'yaml directive': taken('it is YAML, and has one meaning'),
}
