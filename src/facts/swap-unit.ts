/** What systemd calls the swap unit of a device or file (systemd-escape --path --suffix=swap). */
export const swapUnit = (device: string): string =>
  `${device
    .replace(/^\/+/, '')
    .split('/')
    .map((part, i) => escaped(part, i === 0))
    .join('-')}.swap`

const escaped = (part: string, isFirst: boolean): string =>
  [...Buffer.from(part)]
    .map((byte, i) => {
      const char = String.fromCharCode(byte)
      const plain = /[A-Za-z0-9:_.]/.test(char) && !(char === '.' && i === 0 && isFirst)
      return plain ? char : `\\x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')

/** `UUID=…` and the like are links in /dev/disk. */
export function tagPath(device: string): string {
  const match = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.*)$/.exec(device)
  if (match === null) return device
  return `/dev/disk/by-${(match[1] ?? '').toLowerCase()}/${(match[2] ?? '').replaceAll('"', '')}`
}

/** /proc/swaps and fstab write a blank as \040. */
export const octalUnescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** As /proc/swaps writes a path. */
export const octalEscaped = (path: string): string =>
  path.replaceAll(/[ \t\n\\]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)

/** The drop-in that keeps a unit of the administrator's own from starting; its file stays as it is. */
export const SWAP_OFF_DROP_IN = 'kadm-swap-off.conf'
