import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {ConfigEnvironment} from '../../../src/config/read/environment.ts'
import {readLocalFolder} from '../../../src/remote/local/local-files.ts'

const folder = join(import.meta.dirname, 'given')

/** Files as users write them, by their names. Folders of patches are those of this test. */
export const GIVEN: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder).map(name => {
    const text = readFileSync(join(folder, name), 'utf8')
    return [name, text.replace('/etc/kubernetes/patches', join(import.meta.dirname, 'patches'))]
  }),
)

/** Where kadm decides otherwise than `kubeadm config validate`, with the reason; `false`: kadm refuses. */
export const GIVEN_OTHERWISE: Readonly<Record<string, {readonly isTaken: boolean; readonly why: string}>> = {
  'kubelet-endpoint-crio.yaml': {isTaken: false, why: 'kubeadm ignores it in silence'},
  'master-configuration.yaml': {isTaken: false, why: 'kubeadm init refuses it too'},
  'migrate-join-taints.yaml': {isTaken: true, why: 'a run over SSH creates the token with which machines join'},
  'v1beta3-minimal.yaml': {isTaken: true, why: 'kubeadm v1.36 takes it, and its meaning is the same'},
}

/** What reading a file needs: the folders of this machine, and the release that the real kubeadm takes for a label. */
export const environment: ConfigEnvironment = {
  readFile: path => {
    throw new Error(`no such file: ${path}`)
  },
  readFolder: readLocalFolder,
  releaseOf: () => 'v1.37.2',
}
