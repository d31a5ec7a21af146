# Leaves a file of the web, whole and checked, at "$kadm_file".

kadm_get() {
  if command -v curl >/dev/null 2>&1; then
    kadm_said=$(curl -fsSL -C - -D "$2.head" --connect-timeout 20 --speed-limit 500 --speed-time 60 -o "$2" -- "$1" 2>&1) && return 0
    kadm_failed=$?
    # The server cannot go on from the middle.
    [ "$kadm_failed" != 33 ] || rm -f -- "$2"
    return "$kadm_failed"
  elif command -v wget >/dev/null 2>&1; then
    kadm_said=$(wget -nv -c -t 1 -T 60 -S -O "$2" -- "$1" 2>&1)
  else
    rm -f -- "$2"
    kadm_said=$(LC_ALL=C /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60 download-file "$1" "$2" 2>&1)
  fi
}
kadm_retry_after() {
  kadm_seconds=$({
    cat "$kadm_file.part.head" 2>/dev/null
    printf '%s\n' "$kadm_said"
  } | tr -d '\r' | sed -n 's/^ *[Rr]etry-[Aa]fter: *\([0-9]\{1,6\}\) *$/\1/p' | tail -n 1)
  rm -f -- "$kadm_file.part.head"
  [ -n "$kadm_seconds" ] || kadm_seconds=0
  echo "$kadm_seconds"
}
kadm_status() {
  printf '%s\n' "$kadm_said" | sed -n 's/.*[Ee][Rr][Rr][Oo][Rr]:\{0,1\} \([45][0-9][0-9]\).*/\1/p
s/.*\(response\|HTTP code\) \([45][0-9][0-9]\).*/\2/p
s/.* \([45][0-9][0-9]\)  [A-Z].*/\1/p' | tail -n 1
}
kadm_judge() {
  kadm_again=yes
  case $(kadm_status) in
  429)
    kadm_why='its server asks for fewer requests (429)'
    return
    ;;
  404)
    kadm_why="there is nothing at $kadm_url (404); a mirror is named in source.archives.url"
    kadm_again=no
    return
    ;;
  407)
    kadm_why='the proxy wants a login (407)'
    kadm_again=no
    return
    ;;
  401 | 403)
    kadm_why="this host may not read $kadm_url (401 or 403, of the server or the proxy)"
    kadm_again=no
    return
    ;;
  416)
    kadm_why="$kadm_url is shorter than it was"
    rm -f -- "$kadm_file.part"
    return
    ;;
  5*)
    kadm_why="the server of $kadm_url cannot give it now ($(kadm_status))"
    return
    ;;
  esac
  case $kadm_said in
  *'resolve proxy'*)
    kadm_why="this host does not know the proxy's name; see proxy in the file"
    kadm_again=no
    ;;
  *'writing output'* | *'writing body'* | *'o space left'*)
    kadm_why='there is no space left on this host'
    kadm_again=no
    ;;
  *certificate* | *SSL*)
    kadm_why="this host does not trust the certificate of $kadm_url"
    kadm_again=no
    ;;
  *resolve* | *refused* | *'o route'* | *nreachable* | *'to connect'* | *'onnect to server'* | *imed\ out* | *imeout*) kadm_why="this host cannot reach $kadm_url; see its network and proxy, or use --bundle" ;;
  *) kadm_why="$kadm_url broke off" ;;
  esac
}
mkdir -p -m 0700 -- @{stage_dir}
kadm_file=@{to}
kadm_url=@{url}
kadm_sha256=@{sha256}
kadm_is_whole() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -c 1-64)" = "$kadm_sha256" ]; }
kadm_give_up() {
  printf '%s\n' "$kadm_said" | tail -n 5 >&2
  printf 'could not fetch %s: %s\n' @{file} "$1" >&2
  exit 1
}
if kadm_is_whole "$kadm_file"; then
  :
else
  rm -f -- "$kadm_file"
  for kadm_pause in @{pauses} last; do
    kadm_is_whole "$kadm_file.part" && break
    kadm_had=$(stat -c %s -- "$kadm_file.part" 2>/dev/null || echo 0)
    if [ "$kadm_had" = 0 ]; then
      kadm_tell @{begins}
    else kadm_tell @{goes_on}; fi
    kadm_get "$kadm_url" "$kadm_file.part" && kadm_code=0 || kadm_code=$?
    if [ "$kadm_code" = 0 ]; then
      kadm_is_whole "$kadm_file.part" && break
      kadm_found=$(sha256sum <"$kadm_file.part" | cut -c 1-64)
      rm -f -- "$kadm_file.part"
      # The part from an earlier run may belong to another file of the same name: download it again from its beginning.
      [ "$kadm_had" != 0 ] || kadm_give_up "what $kadm_url gives is not what its publisher has: sha256 is $kadm_found, should be $kadm_sha256"
      continue
    fi
    kadm_judge
    [ "$kadm_again" = yes ] && [ "$kadm_pause" != last ] || kadm_give_up "$kadm_why"
    kadm_wait=$(kadm_retry_after)
    [ "$kadm_wait" -gt "$kadm_pause" ] || kadm_wait=$kadm_pause
    [ "$kadm_wait" -le @{most_pause} ] || kadm_give_up "$kadm_why, in $kadm_wait s"
    [ "$kadm_wait" -lt 10 ] || kadm_tell "waits $kadm_wait s: $kadm_why"
    sleep "$kadm_wait"
  done
  kadm_is_whole "$kadm_file.part" || kadm_give_up "$kadm_url breaks off again and again"
  rm -f -- "$kadm_file.part.head"
  mv -fT -- "$kadm_file.part" "$kadm_file"
fi
