### look
dpkg-query -W -f '${Package} ${db:Status-Want} ${db:Status-Status} ${Version}
' kubelet 2>/dev/null || :

### keep
dpkg-query -W -f '${Package}
' >"$BACKUP"/before

### act
kadm_tell() { printf '\035tell %s\n' "$1" >&2; }
kadm_apt_holder() {
  for kadm_lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
    [ -e "$kadm_lock" ] || continue
    kadm_inode=$(stat -c %i -- "$kadm_lock")
    while read -r kadm_n kadm_type kadm_mode kadm_access kadm_pid kadm_file kadm_rest; do
      case $kadm_file in *:"$kadm_inode") [ "$kadm_pid" = $$ ] || {
        printf '%s' "$kadm_pid"
        return 0
      } ;; esac
    done </proc/locks
  done
  return 1
}
kadm_up() { cut -d. -f1 /proc/uptime; }
kadm_named() {
  kadm_name=$(cat /proc/"$1"/comm 2>/dev/null) || kadm_name=''
  kadm_line=$(tr '\000' ' ' </proc/"$1"/cmdline 2>/dev/null) || kadm_line=''
  kadm_ticks=$(sed 's/.*) //' /proc/"$1"/stat 2>/dev/null | cut -d' ' -f20) || kadm_ticks=''
  [ -n "$kadm_ticks" ] || {
    printf 'process %s' "$1"
    return 0
  }
  printf '%s (pid %s, for %s s: %s)' "$kadm_name" "$1" $(($(kadm_up) - kadm_ticks / 100)) "$(printf %s "$kadm_line" | cut -c 1-120 | sed 's/ *$//')"
}
kadm_most=300
kadm_until=$(($(kadm_up) + kadm_most))
kadm_next=0
while kadm_holder=$(kadm_apt_holder); do
  kadm_now=$(kadm_up)
  if [ "$kadm_now" -ge "$kadm_until" ]; then
    printf 'waited %s s for the package manager; it is held by %s\n' "$kadm_most" "$(kadm_named "$kadm_holder")" >&2
    exit 1
  fi
  if [ "$kadm_now" -ge "$kadm_next" ]; then
    kadm_tell "waits for the package manager, at most $((kadm_until - kadm_now)) s more; it is held by $(kadm_named "$kadm_holder")"
    kadm_next=$((kadm_now + 15))
  fi
  sleep 1
done
kadm_names=''
kadm_wants=''
kadm_reason=''
kadm_chosen=''
kadm_fail() {
  printf '%s\n' "$1" >&2
  exit 1
}
kadm_want() {
  kadm_names="$kadm_names $1"
  kadm_wants="$kadm_wants $1=$2"
}
kadm_versions() {
  apt-cache madison "$1" 2>/dev/null | while IFS=' |' read -r kadm_a kadm_version kadm_b; do printf '%s\n' "$kadm_version"; done
}
kadm_near() {
  kadm_same=$(printf '%s\n' "$2" | grep -F -e "$(printf %s "$1" | sed 's/\.[^.]*$/./')" | head -n 4 | tr '\n' ' ')
  [ -n "$kadm_same" ] && printf 'nearest: %s' "$(printf %s "$kadm_same" | sed 's/ *$//; s/ /, /g')" || printf 'the newest is %s' "$(printf '%s\n' "$2" | head -n 1)"
}
kadm_choose() {
  kadm_chosen=''
  kadm_reason=''
  for kadm_one in $kadm_wants; do
    kadm_name=$(printf %s "$kadm_one" | cut -d= -f1)
    kadm_release=$(printf %s "$kadm_one" | cut -d= -f2)
    kadm_there=$(kadm_versions "$kadm_name")
    kadm_found=''
    for kadm_version in $kadm_there; do
      case $kadm_version in "$kadm_release" | "$kadm_release"-*)
        kadm_found="=$kadm_version"
        break
        ;;
      esac
    done
    if [ -z "$kadm_there" ]; then
      kadm_lack="no package source of this host has $kadm_name"
    elif [ -z "$kadm_release" ] || [ -n "$kadm_found" ]; then
      kadm_chosen="$kadm_chosen $kadm_name$kadm_found"
      continue
    else
      kadm_lack="there is no $kadm_name $kadm_release; $(kadm_near "$kadm_release" "$kadm_there")"
    fi
    kadm_reason="$kadm_reason; $kadm_lack"
  done
  [ -z "$kadm_reason" ] || {
    kadm_reason=$(printf %s "$kadm_reason" | cut -c 3-)
    return 1
  }
}
kadm_fetch() {
  kadm_choose || return 1
  kadm_said=$(LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 --download-only install $kadm_chosen 2>&1) && return 0
  printf '%s\n' "$kadm_said" >&2
  kadm_reason=$(printf '%s\n' "$kadm_said" | sed -n 's/^[EW]: //p' | head -n 1)
  return 1
}
kadm_whole() {
  for kadm_file in /var/lib/dpkg/updates/[0-9]*; do
    [ ! -e "$kadm_file" ] || kadm_fail 'dpkg was interrupted on this host; run: sudo dpkg --configure -a'
  done
  for kadm_half in $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^\(half-installed\|unpacked\|half-configured\) //p'); do
    case " $* " in *" $kadm_half "*) ;; *) kadm_fail "the package $kadm_half is half installed on this host; run: sudo dpkg --configure -a" ;; esac
  done
}
kadm_install() {
  kadm_whole "$@"
  kadm_fetch || {
    kadm_tmp=$(mktemp -d); chmod 1777 "$kadm_tmp"; kadm_code=0
kadm_said=$(export TMPDIR="$kadm_tmp"; LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30  update 2>&1) || kadm_code=$?
rm -rf -- "$kadm_tmp"
    printf '%s\n' "$kadm_said" >&2
    kadm_trouble=$(printf '%s\n' "$kadm_said" | sed -n 's/^[EW]: //p' | head -n 1)
    kadm_fetch || {
      [ -z "$kadm_trouble" ] || kadm_reason="$kadm_reason (apt-get update: $kadm_trouble)"
      kadm_fail "could not fetch$kadm_names: $kadm_reason"
    }
  }
  kadm_said=$(LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 --no-download -o APT::Keep-Downloaded-Packages=false install $kadm_chosen 2>&1) && return 0
  printf '%s\n' "$kadm_said" >&2
  kadm_reason=$(printf '%s\n' "$kadm_said" | sed -n 's/^[EW]: //p' | head -n 1)
  return 1
}
kadm_want kubelet 1.37.2
kadm_install kubelet || {
(set -- $(dpkg-query -W -f '${Package} ${db:Status-Status}
' kubelet 2>/dev/null | sed -n '/ not-installed$/!s/ .*//p')
[ $# = 0 ] || { apt-mark unhold "$@" >/dev/null; LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 purge "$@" >&2; }) || :
kadm_fail "could not install$kadm_names: $kadm_reason"
}
apt-mark hold kubelet >/dev/null

### undo
kadm_tell() { printf '\035tell %s\n' "$1" >&2; }
kadm_apt_holder() {
  for kadm_lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
    [ -e "$kadm_lock" ] || continue
    kadm_inode=$(stat -c %i -- "$kadm_lock")
    while read -r kadm_n kadm_type kadm_mode kadm_access kadm_pid kadm_file kadm_rest; do
      case $kadm_file in *:"$kadm_inode") [ "$kadm_pid" = $$ ] || {
        printf '%s' "$kadm_pid"
        return 0
      } ;; esac
    done </proc/locks
  done
  return 1
}
kadm_up() { cut -d. -f1 /proc/uptime; }
kadm_named() {
  kadm_name=$(cat /proc/"$1"/comm 2>/dev/null) || kadm_name=''
  kadm_line=$(tr '\000' ' ' </proc/"$1"/cmdline 2>/dev/null) || kadm_line=''
  kadm_ticks=$(sed 's/.*) //' /proc/"$1"/stat 2>/dev/null | cut -d' ' -f20) || kadm_ticks=''
  [ -n "$kadm_ticks" ] || {
    printf 'process %s' "$1"
    return 0
  }
  printf '%s (pid %s, for %s s: %s)' "$kadm_name" "$1" $(($(kadm_up) - kadm_ticks / 100)) "$(printf %s "$kadm_line" | cut -c 1-120 | sed 's/ *$//')"
}
kadm_most=300
kadm_until=$(($(kadm_up) + kadm_most))
kadm_next=0
while kadm_holder=$(kadm_apt_holder); do
  kadm_now=$(kadm_up)
  if [ "$kadm_now" -ge "$kadm_until" ]; then
    printf 'waited %s s for the package manager; it is held by %s\n' "$kadm_most" "$(kadm_named "$kadm_holder")" >&2
    exit 1
  fi
  if [ "$kadm_now" -ge "$kadm_next" ]; then
    kadm_tell "waits for the package manager, at most $((kadm_until - kadm_now)) s more; it is held by $(kadm_named "$kadm_holder")"
    kadm_next=$((kadm_now + 15))
  fi
  sleep 1
done
set -- $(dpkg-query -W -f '${Package} ${db:Status-Status}
' kubelet 2>/dev/null | sed -n '/ not-installed$/!s/ .*//p')
[ $# = 0 ] || { apt-mark unhold "$@" >/dev/null; LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 purge "$@" >&2; }
:
set -- $(LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 --simulate autoremove 2>/dev/null | sed -n 's/^Remv \([^ ]*\) .*/\1/p' | grep -vxF -f "$BACKUP"/before)
[ $# = 0 ] || LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y --no-install-recommends \
--allow-change-held-packages -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 purge "$@" >&2
