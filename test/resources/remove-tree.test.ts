import {symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {emptyTrees, removeTrees, unmountBelow} from '../../src/resources/files/remove-tree.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {canMount, mountBenches, type MountBench} from './mount-bench.ts'

const mountBench = mountBenches()

/** The user's data, and a tree with something of its own in it. */
function scene(tree = 'var/lib/kubelet'): MountBench {
  const bench = mountBench()
  bench.write('srv/app/db/rows', 'precious\n')
  bench.write(`${tree}/config.yaml`, 'ours\n')
  bench.write(`${tree}/pods/1/volume/x`, 'ours\n')
  return bench
}

/** A bind mount lies on the same file system, so nothing but a look at the mounts tells it from a folder. */
const bind = (to: string): string =>
  `umask 022; to=$(printf '${to}/'); to=$ROOT/\${to%/}; mkdir -p "$to"; mount --bind "$ROOT/srv/app/db" "$to"`

const MOUNTED = `grep -c "$ROOT" /proc/self/mountinfo || :`

describe.skipIf(!canMount)('a tree that is removed', () => {
  const tree = (bench: MountBench): string => join(bench.root, 'var/lib/kubelet')

  test.each([
    ['a volume', 'var/lib/kubelet/pods/1/volume'],
    ['a name with blanks and a tab', 'var/lib/kubelet/pods/a volume  with\\tblanks'],
    ['a name with a backslash', 'var/lib/kubelet/pods/back\\\\040slash\\\\'],
    ['a name that ends with a newline', 'var/lib/kubelet/pods/line\\nbreak\\n'],
    ['a name with a percent sign and quotes', 'var/lib/kubelet/pods/100%%s"$(x)"`x`*'],
    ['a hidden folder', 'var/lib/kubelet/.hidden/..x'],
    ['a name that begins with a dash', 'var/lib/kubelet/-rf'],
  ])('takes off what is mounted in it before, and the data stays: %s', (_, to) => {
    const bench = scene()

    const {code, stdout, stderr} = bench.run(removeTrees(tree(bench)), {prepare: bind(to), after: MOUNTED})

    expect({code, stderr}).toStrictEqual({code: 0, stderr: ''})
    expect(stdout.trim()).toBe('0')
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBeUndefined()
  })

  test('takes off several mounts on one place, one in another, and one that hides another', () => {
    const bench = scene()
    const to = 'var/lib/kubelet/pods/1/volume'
    const prepare = [
      bind(to),
      bind(to),
      `mount -t tmpfs none "$ROOT/${to}"`,
      bind(`${to}/deeper`),
      bind('var/lib/kubelet/hidden/below'),
      `mount -t tmpfs none "$ROOT/var/lib/kubelet/hidden"`,
    ].join('\n')

    expect(bench.run(removeTrees(tree(bench)), {prepare, after: MOUNTED})).toStrictEqual({
      code: 0,
      stdout: '0\n',
      stderr: '',
    })
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBeUndefined()
  })

  test('lets a mount go that is busy, when its file system stays mounted elsewhere', () => {
    const bench = scene()
    const prepare = `${bind('var/lib/kubelet/pods/1/volume')}\n(cd "$ROOT/var/lib/kubelet/pods/1/volume" && exec sleep 30 >/dev/null 2>&1) & user=$!`

    const {code, stdout} = bench.run(removeTrees(tree(bench)), {prepare, after: `kill $user; ${MOUNTED}`})

    expect({code, stdout}).toStrictEqual({code: 0, stdout: '0\n'})
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
  })

  // What is cut loose while it is written to may be given to another machine meanwhile.
  test('is left whole, and the mount is named, where a busy disk is mounted in it', () => {
    const bench = scene()
    const to = 'var/lib/kubelet/pods/1/volume'
    const prepare = `truncate -s 8M "$ROOT/disk"; mkfs.ext4 -q "$ROOT/disk"; mount -o loop "$ROOT/disk" "$ROOT/${to}"; echo rows >"$ROOT/${to}/rows"
(cd "$ROOT/${to}" && exec sleep 30 >/dev/null 2>&1) & user=$!`
    const after = `cat "$ROOT/${to}/rows"; kill $user; wait $user; umount "$ROOT/${to}"`

    const {code, stdout, stderr} = bench.run(removeTrees(tree(bench)), {prepare, after})

    expect({code, stdout}).toStrictEqual({code: 1, stdout: 'rows\n'})
    expect(stderr).toContain(`nothing was removed from ${tree(bench)}, because something is still mounted there`)
    expect(stderr).toContain(`${bench.root}/${to}`)
    expect(stderr).toContain('busy')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBe('ours\n')
  })

  test('is left whole where the folder itself is a mount point', () => {
    const bench = scene()

    const {code, stderr} = bench.run(removeTrees(tree(bench)), {prepare: bind('var/lib/kubelet')})

    expect(code).toBe(1)
    expect(stderr).toContain('still mounted there')
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBe('ours\n')
  })

  test('is left whole where a mount of /etc/fstab is in it, which stays mounted', () => {
    const bench = scene()
    const prepare = `${bind('var/lib/kubelet/own disk')}
ln -s "$ROOT/var/lib/kubelet" "$ROOT/link"
printf '# a comment\\n/srv/app/db %s none bind 0 0\\n' "$ROOT/link/own\\\\040disk" >"$ROOT/fstab"; mount --bind "$ROOT/fstab" /etc/fstab`

    const {code, stdout, stderr} = bench.run(removeTrees(tree(bench)), {
      prepare,
      after: 'cat "$ROOT/var/lib/kubelet/own disk/rows"',
    })

    expect({code, stdout}).toStrictEqual({code: 1, stdout: 'precious\n'})
    expect(stderr).toContain(String.raw`own\040disk`)
    expect(stderr).toContain('/etc/fstab')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBe('ours\n')
  })

  test('is not looked through where a mount comes back between the unmounting and the last look', () => {
    const bench = scene()
    const again = bind('var/lib/kubelet/pods/1/volume')
    // Whoever mounts there again does it as often as it is taken off.
    const prepare = `${again}\numount() { command umount "$@"; ( ${again} ); }\ntimeout() { shift; "$@"; }`

    const {code, stderr} = bench.run(removeTrees(tree(bench)), {prepare})

    expect(code).toBe(1)
    expect(stderr).toContain('nothing was removed')
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBe('ours\n')
  })

  test('goes without the data where a mount comes after the last look', () => {
    const bench = scene()
    const to = 'var/lib/kubelet/pods/1/volume'
    // What removes waits, in its own view of the mounts, until the mount is there for all others.
    const prepare = `mkdir "$ROOT/bin"; printf '#!/bin/sh\\ntouch "$ROOT/removing"; while [ ! -e "$ROOT/mounted" ]; do sleep 0.05; done; exec /bin/rm "$@"\\n' >"$ROOT/bin/rm"
chmod 755 "$ROOT/bin/rm"; PATH=$ROOT/bin:$PATH
( while [ ! -e "$ROOT/removing" ]; do sleep 0.05; done; ${bind(to)}; touch "$ROOT/mounted" ) & user=$!`

    const {code, stderr} = bench.run(removeTrees(tree(bench)), {prepare, after: 'wait $user'})

    expect({code, stderr}).toStrictEqual({code: 0, stderr: ''})
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBeUndefined()
  })

  test('leaves what a link leads to: only the link goes', () => {
    const bench = scene('data/kubelet')
    bench.run(removeTrees(join(bench.root, 'link')), {prepare: 'ln -s data/kubelet "$ROOT/link"'})

    expect(bench.read('data/kubelet/config.yaml')).toBe('ours\n')
  })

  test('that does not exist is not an error', () => {
    const bench = scene()

    expect(bench.run(removeTrees(join(bench.root, 'nothing'))).code).toBe(0)
  })
})

describe.skipIf(!canMount)('a tree that is emptied', () => {
  test.each([
    ['the folder is a link', '', 'var/lib/kubelet'],
    ['a folder above it is a link', 'var', 'var/lib/kubelet'],
    ['a link leads to a link', 'var/lib', 'var/lib/kubelet'],
  ])('keeps link and folder, and the data mounted in it stays: %s', (_, above, path) => {
    const bench = scene('data/kubelet')
    const to = 'data/kubelet/pods/1/volume-subpaths/v/c/0'
    const links = {
      '': 'mkdir -p "$ROOT/var/lib"; ln -s "$ROOT/data/kubelet" "$ROOT/var/lib/kubelet"',
      var: 'mkdir "$ROOT/big"; mkdir "$ROOT/big/lib"; ln -s big "$ROOT/var"; ln -s ../../data/kubelet "$ROOT/big/lib/kubelet"',
      'var/lib': 'mkdir "$ROOT/var"; ln -s "$ROOT/data" "$ROOT/mid"; ln -s ../mid "$ROOT/var/lib"',
    }[above]
    const prepare = `${links ?? ''}\n${bind(to)}`

    const {code, stdout, stderr} = bench.run(emptyTrees(join(bench.root, path)), {
      prepare,
      after: `${MOUNTED}; ls -A "$ROOT/${path}/"; [ -d "$ROOT/${path}" ] && echo there`,
    })

    expect({code, stdout, stderr}).toStrictEqual({code: 0, stdout: '0\nthere\n', stderr: ''})
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
  })

  test('may be a disk of its own, which stays mounted with its lost+found', () => {
    const bench = scene('other')
    const prepare = `truncate -s 8M "$ROOT/disk"; mkfs.ext4 -q "$ROOT/disk"; mkdir -p "$ROOT/var/lib/kubelet"
mount -o loop "$ROOT/disk" "$ROOT/var/lib/kubelet"; echo x >"$ROOT/var/lib/kubelet/.hidden"; ${bind('var/lib/kubelet/pods/v')}`

    const {code, stdout} = bench.run(emptyTrees(join(bench.root, 'var/lib/kubelet')), {
      prepare,
      after: 'ls -A "$ROOT/var/lib/kubelet"; umount "$ROOT/var/lib/kubelet"',
    })

    expect({code, stdout}).toStrictEqual({code: 0, stdout: 'lost+found\n'})
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
  })

  test('is left whole where the mounts cannot be read', () => {
    const bench = scene()

    const {code, stderr} = bench.run(emptyTrees(join(bench.root, 'var/lib/kubelet')), {
      prepare: `${bind('var/lib/kubelet/pods/1/volume')}\numount /proc 2>/dev/null || mount -t tmpfs none /proc`,
    })

    expect(code).not.toBe(0)
    expect(stderr).toContain('cannot be read')
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
    expect(bench.read('var/lib/kubelet/config.yaml')).toBe('ours\n')
  })
})

test.skipIf(!canMount)('unmounting alone fails with the reason, and leaves mounts of other folders alone', () => {
  const bench = scene()
  symlinkSync('var/lib/kubelet', join(bench.root, 'link'))
  const prepare = `${bind('var/lib/kubelet/pods/v')}\n${bind('var/lib/kubelet-of-others/v')}`

  const {code, stdout} = bench.run(unmountBelow(sh`${[join(bench.root, 'link'), join(bench.root, 'nothing')]}`), {
    prepare,
    after: MOUNTED,
  })

  expect({code, stdout}).toStrictEqual({code: 0, stdout: '1\n'})
  expect(bench.read('srv/app/db/rows')).toBe('precious\n')
})
