# Whether another machine answers for the address $2 on the interface $1; the kernel itself asks, by ARP or ND. 2: it could not ask.

heard() {
  who=$(ip neigh show to "$2" dev "$1")
  case $who in *PERMANENT*) return 0 ;; esac
  ip neigh del "$2" dev "$1" 2>/dev/null
  ip neigh replace "$2" dev "$1" use 2>/dev/null || return 2
  left=20
  until [ "$left" = 0 ]; do
    who=$(ip neigh show to "$2" dev "$1")
    case $who in *lladdr*) return 0 ;; *FAILED*) return 1 ;; esac
    sleep 0.2
    left=$((left - 1))
  done
  return 1
}
