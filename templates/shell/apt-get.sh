# Functions that install what was named by `kadm_want NAME RELEASE`.
# shellcheck disable=SC2016 # a format of dpkg-query

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
  kadm_said=$(@{apt_get} --download-only install $kadm_chosen 2>&1) && return 0
  printf '%s\n' "$kadm_said" >&2
  kadm_reason=$(@{apt_reason})
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
    @{apt_update}
    printf '%s\n' "$kadm_said" >&2
    kadm_trouble=$(@{apt_reason})
    kadm_fetch || {
      [ -z "$kadm_trouble" ] || kadm_reason="$kadm_reason (apt-get update: $kadm_trouble)"
      kadm_fail "could not fetch$kadm_names: $kadm_reason"
    }
  }
  kadm_said=$(@{apt_get} --no-download -o APT::Keep-Downloaded-Packages=false install $kadm_chosen 2>&1) && return 0
  printf '%s\n' "$kadm_said" >&2
  kadm_reason=$(@{apt_reason})
  return 1
}
