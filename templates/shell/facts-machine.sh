# Name, size and architecture of the machine.

name=$(uname -n)
echo "hostname $name"
echo "release $(uname -r)"
echo "architecture $(uname -m)"
echo "cpus $(nproc || grep -c '^processor' /proc/cpuinfo)"
while read -r key value unit; do
  case $key in MemTotal:) echo "memory $value";; MemAvailable:) echo "available $value"; break;; esac
done </proc/meminfo
while read -r address names; do
  case $address in ''|'#'*) continue;; esac
  for one in $names; do [ "$one" = "$name" ] && echo 'resolves yes'; done
done </etc/hosts
