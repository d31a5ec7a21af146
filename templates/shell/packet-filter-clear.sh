# Removes the rules and tables of Kubernetes; rules of other programs stay.

for family in ip ip6; do
  command -v "$family"tables-save >/dev/null || continue
  if "$family"tables-save 2>/dev/null | grep -qE -- @{ours}; then
    "$family"tables-save | OURS=@{ours} perl -ne @{deletions} | "$family"tables-restore --noflush
  fi
done
command -v nft >/dev/null || exit 0
for family in ip ip6; do
  for table in nat mangle filter raw kube-proxy; do
    listed=$(nft list table $family $table 2>/dev/null) || continue
    if [ $table = kube-proxy ] || ! printf '%s\n' "$listed" | grep -vE '^(table|}|[[:space:]]*chain|[[:space:]]*}|[[:space:]]*type .* policy accept;|[[:space:]]*$)' | grep -q .; then
      nft delete table $family $table
    fi
  done
done
