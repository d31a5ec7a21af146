# The rules and tables of Kubernetes that remain in the packet filter.

for family in ip ip6; do
  command -v "$family"tables-save >/dev/null || continue
  n=$("$family"tables-save 2>/dev/null | grep -cE -- @{ours}) || :
  [ "$n" = 0 ] || echo "$n rules of $family"
done
command -v nft >/dev/null || exit 0
for family in ip ip6; do
  for table in nat mangle filter raw kube-proxy; do
    listed=$(nft list table $family $table 2>/dev/null) || continue
    [ $table != kube-proxy ] || { echo "table $family kube-proxy"; continue; }
    printf '%s\n' "$listed" | grep -vE '^(table|}|[[:space:]]*chain|[[:space:]]*}|[[:space:]]*type .* policy accept;|[[:space:]]*$)' | grep -q . || echo "empty table $family $table"
  done
done
