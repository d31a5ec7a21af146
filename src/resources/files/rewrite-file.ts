import {type Script, sh} from '../../remote/shell/shell.ts'
import {temporaryPath} from './host-path.ts'

/**
 * Gives `edit` the file as "$kadm_file" and a copy of it to fill as "$kadm_new", and renames the copy over the file. The file may be a
 * symbolic link, or not be there; it keeps its owner and mode.
 */
export const rewriteFile = (path: string, edit: Script): Script => sh`kadm_file=$(readlink -f -- ${path})
[ -e "$kadm_file" ] || (umask 022; : >"$kadm_file")
kadm_new=$(dirname -- "$kadm_file")/${temporaryPath(path).split('/').at(-1) ?? ''}
rm -f -- "$kadm_new"
cp -a -- "$kadm_file" "$kadm_new"
${edit}
sync -- "$kadm_new"
mv -fT -- "$kadm_new" "$kadm_file"`
