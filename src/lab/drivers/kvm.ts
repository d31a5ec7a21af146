import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sh} from '../../remote/shell/shell.ts'
import {exists} from '../image/cache.ts'
import type {BuildPlace} from '../image/go-build.ts'
import {asRoot} from './privileged.ts'
import {run} from './program.ts'
import type {LabSink} from '../run/progress.ts'
import type {Acceleration} from './vm-command.ts'
import type {VmImage} from '../image/vm-disk.ts'

/** A working KVM is through in one second; the device can be there and hang. */
const PROBE_SECONDS = 10

/**
 * Boots a kernel with nothing behind it under KVM: where that works it has spoken and given up within a second. What comes out is
 * kept until this system boots again.
 */
export async function acceleration(place: BuildPlace, image: VmImage, report: LabSink): Promise<Acceleration> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  const known = join(place.cache, 'kvm', boot)
  const before = await readFile(known, 'utf8').catch(() => '')
  const works = before === '' ? await probe(place, image) : before.trim() === 'works'
  if (before === '') {
    await mkdir(join(place.cache, 'kvm'), {recursive: true})
    await writeFile(known, works ? 'works\n' : 'does not work\n')
  }
  if (!works) {
    const message =
      'KVM does not work on this computer, so the VMs are emulated; they work, but are about ten times slower'
    const isOld = (await emulatorMajor()) < 9
    const remedy = 'QEMU 9 and later emulate about twice as fast as your version; Debian 12 has it in its backports'
    report({type: 'note', message: isOld ? `${message}. ${remedy}` : message, at: Date.now()})
  }
  return works ? 'kvm' : 'tcg'
}

const emulatorMajor = async (): Promise<number> =>
  Number(/version (\d+)/.exec((await run('qemu-system-x86_64', ['--version'])).stdout)?.[1] ?? 0)

async function probe(place: BuildPlace, image: VmImage): Promise<boolean> {
  if (!(await exists('/dev/kvm'))) return false
  const said = await asRoot(
    'trying KVM',
    sh`timeout -k 1 ${PROBE_SECONDS} qemu-system-x86_64 -machine q35,accel=kvm -cpu host -m 256 -nodefaults -display none -no-reboot \
  -serial stdio -kernel ${image.kernel} -append 'console=ttyS0 panic=-1' </dev/null 2>&1 || echo failed`,
    {signal: place.signal},
  )
  return said.includes('Linux version') && !said.trimEnd().endsWith('failed')
}
