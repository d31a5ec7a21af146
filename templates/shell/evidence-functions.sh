# Functions of the evidence sections: a time limit, the removal of secrets, and the joining of equal lines.

kadm_until=$(( $(cut -d. -f1 /proc/uptime) + @{all_seconds} ))
kadm_within() {
  kadm_left=$(( kadm_until - $(cut -d. -f1 /proc/uptime) ))
  [ "$kadm_left" -gt 0 ] || return 1
  [ "$kadm_left" -lt @{each_seconds} ] || kadm_left=@{each_seconds}
  timeout -k 1 "$kadm_left" "$@"
}
kadm_dns() {
  [ "$(timeout -k 1 2 bash -c 'exec 3<>"/dev/udp/$0/$1"; for try in 1 2; do printf "$2" >&3; timeout 0.8 head -c 1 <&3 && break; done' "$1" "$2" "$3" | wc -c)" -gt 0 ]
}
kadm_clean() {
  sed -E @{clean}
}
kadm_distinct() {
  cut -c1-1500 | awk '{
    line = substr($0, length($1) + 2); key = line
    gsub(/[0-9a-f]*[0-9][0-9a-f]*/, "#", key)
    count[key]++; at[key] = $1; text[key] = line; order[key] = NR
  } END { for (key in count) print order[key], count[key], at[key], text[key] }' | sort -n | tail -n @{most_lines} | cut -d' ' -f2- | kadm_clean
}
