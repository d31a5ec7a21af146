# Lists rules that throw away packets to a port of a node: HOW|RULE, with the place of the rule.

kadm_rules() {
  tables=
  if command -v iptables-save >/dev/null; then
    tables='ip filter|ip nat|ip mangle|ip raw'
    kadm_within iptables-save | awk '/^[*]/ {table = substr($1, 2)} /^-A / {print "iptables " table "|" $0}'
  fi
  kadm_within nft -a list ruleset | awk -v skip="^($tables)$" '$1 == "table" {table = $2 " " $3} $1 == "chain" {chain = $2}
    / # handle [0-9]+$/ && $1 != "chain" && $1 != "table" {
      if (skip != "^()$" && table ~ skip) next
      handle = $NF; sub(/ # handle [0-9]+$/, ""); sub(/^[ \t]+/, ""); print "nft " table " " chain " " handle "|" $0
    }'
}
kadm_rules | grep -E @{ports} | grep -E -i '(drop|reject)( |$)' | sort -u | head -n 10 | kadm_clean
