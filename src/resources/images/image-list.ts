import {Script, sh} from '../../remote/shell/shell.ts'

/** containerd looks up each image several times; on a slow machine under load this takes a second or more. */
export const LISTED_WITHIN_S = 150

/** Shell that runs `then` with what containerd has in `$kadm_list`, or says `unavailable` and why that cannot be told. */
export const withImageList = (flags: '' | '-q', then: Script): Script => sh`if ! command -v ctr >/dev/null 2>&1; then
echo 'unavailable ctr is not installed'
else
kadm_code=0; kadm_list=$(timeout ${LISTED_WITHIN_S} ctr -n k8s.io images ls ${new Script(flags)} 2>&1) || kadm_code=$?
case $kadm_code in
0)
${then}
;;
124) echo ${`unavailable containerd did not answer within ${LISTED_WITHIN_S.toString()} s`};;
*) printf 'unavailable %s\n' "$(printf %s "$kadm_list" | head -n 1)";;
esac
fi`
