#!/bin/sh
# Lets the traffic of the cluster through chains that others closed on this host, by rules of its own at their top, and touches no
# other rule. Made by kadm; removed by kadm reset.
# Usage: kadm-firewall start | stop | missing
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
verb=$1

# family table chain; the rules that are wanted come on stdin. All of a chain is changed at once.
nft_chain() {
  chain=$1/$2/$3
  listed=$(nft -a list chain "$1" "$2" "$3" 2>/dev/null) || return 0
  wanted=$(cat)
  if [ "$verb" = missing ]; then missing "$chain" '" # handle'; return; fi
  {
    printf '%s\n' "$listed" | sed -n "s/^.* comment \"kadm: [^\"]*\" # handle \([0-9]*\)\$/delete rule $1 $2 $3 handle \1/p"
    [ "$verb" = stop ] || printf '%s\n' "$wanted" | sed "s/^/insert rule $1 $2 $3 /"
  } | nft -f -
}

# iptables or ip6tables, and a built-in chain.
iptables_chain() {
  chain=$1/$2
  listed=$("$1" -w -S "$2" 2>/dev/null) || return 0
  wanted=$(cat)
  if [ "$verb" = missing ]; then missing "$chain" '" -j ACCEPT'; return; fi
  {
    echo '*filter'
    printf '%s\n' "$listed" | sed -n "s/^-A \($2 .*--comment \"kadm: \)/-D \1/p"
    [ "$verb" = stop ] || printf '%s\n' "$wanted" | sed "s/^/-I $2 /"
    echo COMMIT
  } | "$1-restore" -w --noflush
}

# A rule is known by its comment.
missing() {
  printf '%s\n' "$wanted" | sed 's/^.*"\(kadm: [^"]*\)".*$/\1/' | while read -r comment; do
    printf '%s\n' "$listed" | grep -qF -- "\"$comment$2" || printf '%s in %s\n' "$comment" "$1"
  done
}

@{chains}
