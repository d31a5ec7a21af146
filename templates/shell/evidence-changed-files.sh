# Compares the files in the ledger with the hashes that kadm noted when it wrote them.

for entry in @{ledger_dir}/file-*/applied.json; do
  [ -r "$entry" ] || continue
  path=$(grep -o '"path": *"[^"]*"' "$entry" | tail -n 1 | cut -d'"' -f4)
  hash=$(grep -o '"sha256": *"[0-9a-f]*"' "$entry" | tail -n 1 | cut -d'"' -f4)
  [ -n "$hash" ] && [ -f "$path" ] && printf '%s  %s\n' "$hash" "$path"
done | sha256sum -c | sed -n 's/: FAILED$//p'
