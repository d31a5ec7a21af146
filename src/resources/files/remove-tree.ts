import {program} from '../../remote/shell/program.ts'
import {type Script, sh} from '../../remote/shell/shell.ts'

/** Defines the functions below, for a script that removes many trees. POSIX shell, runs under `set -eu`. */
export const treeShell: Script = sh`kadm_tree_shell=${program('remove-tree').text}
eval "$kadm_tree_shell"`

/**
 * Shell that removes files and folders with all in them. What is mounted below goes off first; while anything stays mounted in a folder,
 * or at it, nothing of it is removed and the script ends with the mounts named. Paths are taken as they are, not as they are written; of
 * a symbolic link only the link goes.
 */
export const removeTrees = (...paths: readonly string[]): Script => sh`${treeShell}
kadm_remove_trees ${paths}`

/** Shell that removes what is named, all of it below one folder, unless anything is mounted below that. */
export const removeBelow = (folder: string, paths: readonly string[]): Script => sh`${treeShell}
kadm_real_path ${folder}
kadm_remove_unmounted "$kadm_real" '' '' ${paths}`

/** As `removeTrees`, but the folders stay, whether they are mount points, symbolic links or neither. */
export const emptyTrees = (...paths: readonly string[]): Script => sh`${treeShell}
for kadm_path in ${paths}; do kadm_empty_tree "$kadm_path"; done`

/** Shell that takes off what is mounted below the folders (words of shell), but for the administrator's own mounts; fails with what stays. */
export const unmountBelow = (folders: Script): Script => sh`${treeShell}
for kadm_path in ${folders}; do
[ -d "$kadm_path" ] || continue
kadm_real_path "$kadm_path"
kadm_unmount_below "$kadm_real"
kadm_left=$(kadm_passing "$kadm_real" | cut -d ' ' -f 2-)
[ -z "$kadm_left" ] || { printf '%s\n' "$kadm_trouble" "these could not be unmounted:" "$kadm_left" >&2; exit 1; }
done`

/** Shell that prints what `unmountBelow` would take off, one line each. */
export const mountsBelow = (folders: Script): Script => sh`${treeShell}
for kadm_path in ${folders}; do
[ -d "$kadm_path" ] || continue
kadm_real_path "$kadm_path"
kadm_passing "$kadm_real" | cut -d ' ' -f 2-
done`
