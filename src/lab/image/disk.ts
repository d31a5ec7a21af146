import {chmod, mkdir, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {sh, concat as joinScripts, type Script} from '../../remote/shell/shell.ts'
import {removeTrees} from '../../resources/files/remove-tree.ts'
import type {MachineFile} from '../state/machine-files.ts'
import {LOGIN_UID} from './rootfs.ts'

const SERVICE = '/etc/systemd/system/kadm-lab-machine.service'

/** The parts of a machine's disk, below its folder. */
const layout = (
  dir: string,
): {readonly upper: string; readonly work: string; readonly data: string; readonly root: string} => ({
  upper: join(dir, 'upper'),
  work: join(dir, 'work'),
  data: join(dir, 'var'),
  root: join(dir, 'root'),
})

export const rootOf = (dir: string): string => layout(dir).root

/**
 * Puts a machine's disk together: what all share below, what it writes above, and `/var` as a plain folder, because the overlay
 * that containerd mounts there cannot lie on another one. Where the kernel refuses the overlay, all is copied. Safe to repeat.
 */
export function mountDisk(dir: string, pristine: string): Script {
  const {upper, work, data, root} = layout(dir)
  const options = `lowerdir=${pristine},upperdir=${upper},workdir=${work}`
  return sh`
mkdir -p ${upper} ${work} ${root}
if [ ! -d ${data} ]; then rm -rf ${`${data}.new`}; cp -a ${join(pristine, 'var')} ${`${data}.new`}; mv ${`${data}.new`} ${data}; fi
if ! mountpoint -q ${root} && [ ! -e ${join(root, 'usr')} ]; then
  mount -t overlay kadm-lab -o ${options} ${root} || cp -a ${pristine}/. ${root}
fi
mountpoint -q ${join(root, 'var')} || mount --bind ${data} ${join(root, 'var')}`
}

/** Safe to repeat; the files stay. */
export function unmountDisk(dir: string): Script {
  const {root} = layout(dir)
  return sh`
! mountpoint -q ${join(root, 'var')} || umount ${join(root, 'var')}
! mountpoint -q ${root} || umount ${root}`
}

/** Back to nothing; only once nothing is mounted there any more. */
export function wipeDisk(dir: string): Script {
  const {upper, work, data, root} = layout(dir)
  return joinScripts([unmountDisk(dir), removeTrees(upper, work, data, root)])
}

/** Writes the files into the machine's mounted root, by way of a private folder beside it. */
export async function stageFiles(dir: string, files: readonly MachineFile[]): Promise<Script> {
  const {root} = layout(dir)
  const enable = sh`
mkdir -p ${join(root, '/etc/systemd/system/sysinit.target.wants')}
ln -sf ${SERVICE} ${join(root, '/etc/systemd/system/sysinit.target.wants/kadm-lab-machine.service')}
rm -rf ${seedDir(dir)}`
  return joinScripts([await placeFiles(dir, root, files), enable])
}

/** Packs the files as they are to be on the machine's disk, owners and modes included. */
export async function stageSeed(dir: string, archive: string, files: readonly MachineFile[]): Promise<Script> {
  const root = join(dir, 'seed-root')
  return joinScripts([
    sh`rm -rf ${root}`,
    await placeFiles(dir, root, files),
    sh`
(umask 077; cd ${root}; find . ! -type d -o -name .ssh | tar --numeric-owner --no-recursion -T - -cf ${archive})
rm -rf ${root} ${seedDir(dir)}`,
  ])
}

const seedDir = (dir: string): string => join(dir, 'seed')

async function placeFiles(dir: string, root: string, files: readonly MachineFile[]): Promise<Script> {
  const seed = seedDir(dir)
  await rm(seed, {recursive: true, force: true})
  await mkdir(seed, {recursive: true, mode: 0o700})
  await chmod(seed, 0o700)
  for (const file of files) {
    await mkdir(dirname(join(seed, file.path)), {recursive: true})
    await writeFile(join(seed, file.path), file.text, {mode: 0o600})
  }
  const install = files.map(file => {
    const owner = file.owner === 'root' ? 0 : LOGIN_UID
    const target = join(root, file.path)
    const folder =
      file.owner === 'root'
        ? sh`mkdir -p ${dirname(target)}`
        : sh`mkdir -p ${dirname(dirname(target))}
install -d -m 700 -o ${owner} -g ${owner} ${dirname(target)}`
    return sh`
${folder}
rm -f ${target}
install -m ${file.mode} -o ${owner} -g ${owner} ${join(seed, file.path)} ${target}`
  })
  return joinScripts(install)
}
