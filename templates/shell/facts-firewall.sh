# What closes this host: ufw's state, and the chains of nftables and iptables that drop packets.

ufw=no
command -v ufw >/dev/null && grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && ufw=yes
echo "ufw $ufw"
[ "$ufw" = no ] || sed -n 's/^DEFAULT_OUTPUT_POLICY="\(DROP\|REJECT\)"/ufw-output \1/p' /etc/default/ufw
command -v nft >/dev/null && nft list chains | {
  at='' told=''
  while read -r word a b c d rest; do
    case $word in
      table) at="$a $b"; told='' ;;
      chain) chain=$a ;;
      type)
        [ "$a $b" = 'filter hook' ] && [ "$at" != "$told" ] || continue
        case $c in input | forward | output) ;; *) continue ;; esac
        case $at/$chain in 'ip filter/'[A-Z]* | 'ip6 filter/'[A-Z]*) continue ;; esac
        case $at in 'ip kube-proxy' | 'ip6 kube-proxy' | *' firewalld' | *' kadm-nat' | *' flannel-'* ) continue ;; esac
        case $at in 'ip '* | 'ip6 '* | 'inet '*) nft list table $at; told=$at ;; esac ;;
    esac
  done
}
[ "$ufw" = no ] || exit 0
for tool in iptables ip6tables; do
  case $tool in iptables) family=ip ;; *) family=ip6 ;; esac
  case $(readlink -f "$(command -v $tool)") in
    '') continue ;;
    *legacy*) grep -qxs filter /proc/net/"$family"_tables_names || continue ;;
    *) ! command -v nft >/dev/null || nft list table $family filter >/dev/null || continue ;;
  esac
  for chain in INPUT FORWARD OUTPUT; do $tool -w 5 -S $chain | sed "s/^/$tool /"; done
done
