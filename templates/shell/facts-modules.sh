# Kernel modules that are loaded or built in, and whether others can be loaded.
# shellcheck disable=SC2043 # the hole stands for several words

r=$(uname -r)
echo "loaded $(cut -d' ' -f1 /proc/modules | tr '\n' ' ')"
grep -q '[[:space:]]overlay$' /proc/filesystems && echo 'builtin overlay'
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] && echo 'builtin br_netfilter'
[ -e /proc/sys/net/netfilter/nf_conntrack_max ] && echo 'builtin nf_conntrack'
for name in @{modules}; do
  [ -d "/sys/module/$name" ] && echo "builtin $name"
done
[ -r "/lib/modules/$r/modules.builtin" ] && sed -n 's|^.*/\([^/]*\)\.ko.*$|builtin \1|p' "/lib/modules/$r/modules.builtin" | grep -wE @{module_pattern}
read -r disabled </proc/sys/kernel/modules_disabled
[ -e /proc/modules ] && command -v modprobe >/dev/null && [ -r "/lib/modules/$r/modules.dep" ] && [ "$disabled" = 0 ] && echo loadable
