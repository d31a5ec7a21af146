import {sh, type Script} from '../../remote/shell/shell.ts'

/**
 * Installs packages from Debian 12's backports, and fails elsewhere. The lists of packages lie in a folder of their own, so that no
 * repository stays configured.
 */
export const installFromBackports = (packages: readonly string[]): Script => sh`
. /etc/os-release
[ "$ID $VERSION_CODENAME" = 'debian bookworm' ]
trap '' PIPE
lists=$(mktemp -d); trap 'rm -rf "$lists"' EXIT; trap 'exit 143' TERM HUP INT
mkdir -p "$lists/partial" "$lists/sources"
cp /etc/apt/sources.list.d/* "$lists/sources/" 2>/dev/null || :
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm-backports main\n' > "$lists/sources/backports.list"
backports() { timeout 300 apt-get -q -o Dir::Etc::SourceParts="$lists/sources" -o Dir::State::Lists="$lists" "$@"; }
backports update
backports install -y --no-install-recommends -t bookworm-backports ${packages}
`
