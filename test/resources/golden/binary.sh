### look
if [ -L /usr/bin/kubelet ]; then printf 'symlink %s\n' "$(readlink -- /usr/bin/kubelet)"
elif [ -f /usr/bin/kubelet ]; then
stat -c 'file %a %U:%G %u:%g' -- /usr/bin/kubelet
kadm_stamp=$(stat -c '%d %i %s %.Y %.Z' -- /usr/bin/kubelet)
kadm_known=''; kadm_hash=''
if [ -f /var/lib/kadm/cache/usr%bin%kubelet ]; then { read -r kadm_known; read -r kadm_hash; } </var/lib/kadm/cache/usr%bin%kubelet || :; fi
if [ "$kadm_known" != "$kadm_stamp" ] || [ ${#kadm_hash} -ne 64 ]; then
kadm_hash=$({ openssl dgst -sha256 -r </usr/bin/kubelet 2>/dev/null || sha256sum </usr/bin/kubelet; } | cut -c 1-64)
if [ -d /var/lib/kadm ]; then
(umask 077; mkdir -p -- /var/lib/kadm/cache && printf '%s\n%s\n' "$kadm_stamp" "$kadm_hash" >/var/lib/kadm/cache/usr%bin%kubelet.new && mv -f -- /var/lib/kadm/cache/usr%bin%kubelet.new /var/lib/kadm/cache/usr%bin%kubelet) 2>/dev/null || :
fi
fi
printf 'sha256 %s\n' "$kadm_hash"
elif [ -d /usr/bin/kubelet ]; then stat -c 'directory %a %U:%G %u:%g' -- /usr/bin/kubelet
elif [ -e /usr/bin/kubelet ]; then stat -c 'other %F' -- /usr/bin/kubelet
else echo absent
[ -d /usr/bin ] || printf 'missing %s\n' /usr/bin
[ -d /usr ] || printf 'missing %s\n' /usr
:
fi

### keep
:

### act
[ -d /usr/bin ] || (umask 022; mkdir -p -- /usr/bin)
[ ! -e /usr/bin/.kadm-kubelet.new ] || rm -f -- /usr/bin/.kadm-kubelet.new
gzip -dc </var/lib/kadm/stage/ab >/usr/bin/.kadm-kubelet.new
[ "$({ openssl dgst -sha256 -r </usr/bin/.kadm-kubelet.new 2>/dev/null || sha256sum </usr/bin/.kadm-kubelet.new; } | cut -c 1-64)" = ab ] || { printf '%s\n' 'what arrived for /usr/bin/kubelet is not what was sent' >&2; exit 1; }
chown -- 0:0 /usr/bin/.kadm-kubelet.new
chmod -- 0755 /usr/bin/.kadm-kubelet.new
sync -- /usr/bin/.kadm-kubelet.new
mv -fT -- /usr/bin/.kadm-kubelet.new /usr/bin/kubelet
rm -f -- /var/lib/kadm/stage/ab
(umask 077; mkdir -p -- /var/lib/kadm/cache
printf '%s\n%s\n' "$(stat -c '%d %i %s %.Y %.Z' -- /usr/bin/kubelet)" ab >/var/lib/kadm/cache/usr%bin%kubelet.new && mv -f -- /var/lib/kadm/cache/usr%bin%kubelet.new /var/lib/kadm/cache/usr%bin%kubelet)

### undo
rm -f -- /usr/bin/kubelet
:
