import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {newFolder} from '../folder.ts'

/**
 * A program that behaves like sudo with -n, -k, -S and -p, for machines whose real sudo is not the test's to configure:
 * KADM_SUDO chooses what the user may do, KADM_SUDO_PASSWORD is the right password.
 */
const PROGRAM = `#!/bin/sh
echo "$*" >>"$0.log"
n=; s=
while :; do case $1 in -n) n=1;; -S) s=1;; -k) ;; -p) shift;; *) break;; esac; shift; done
echo 'sudo: unable to resolve host lab: Name or service not known' >&2
case $KADM_SUDO in
free) exec "$@";;
tty) echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1;;
none) echo 'ubuntu is not in the sudoers file.' >&2; exit 1;;
esac
if [ "$KADM_SUDO" = some ] && [ "$1" = -l ]; then
  echo 'User ubuntu may run the following commands on lab:'; echo '    (root) NOPASSWD: /usr/bin/apt'; exit 0
fi
[ -z "$n" ] || { echo 'sudo: a password is required' >&2; exit 1; }
i=0
while [ $i -lt 3 ]; do
  IFS= read -r given || { echo 'sudo: no password was provided' >&2; exit 1; }
  [ "$given" != "$KADM_SUDO_PASSWORD" ] || exec "$@"
  echo 'Sorry, try again.' >&2
  i=$((i+1))
done
echo 'sudo: 3 incorrect password attempts' >&2
exit 1
`

/** Makes a folder to put first in PATH. */
export const fakeSudo = (): {readonly path: string; readonly calls: () => string} => {
  const path = newFolder('sudo')
  const program = join(path, 'sudo')
  writeFileSync(program, PROGRAM)
  chmodSync(program, 0o755)
  writeFileSync(`${program}.log`, '')
  return {path, calls: () => readFileSync(`${program}.log`, 'utf8')}
}
