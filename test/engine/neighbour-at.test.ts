import {describe, expect, it} from 'vitest'
import {lookForNeighbour} from '../../src/engine/hosts/neighbour-at.ts'
import {workbenches} from '../resources/shell-runner.ts'

const bench = workbenches()
const ENTRY = '10.0.0.9 dev eth0 lladdr 52:54:00:00:00:09 REACHABLE'

interface Network {
  /** What the kernel remembers before anything was sent, and after. */
  readonly before?: string
  readonly after?: string
  readonly pings?: boolean
  readonly own?: string
}

function seen({before = '', after = before, pings = false, own = '10.0.0.1'}: Network): string {
  const b = bench()
  b.stub('ping', `: >${b.root}/sent; ${pings ? 'exit 0' : 'exit 1'}`)
  b.stub(
    'ip',
    `case "$*" in *neigh*) if [ -e ${b.root}/sent ]; then echo '${after}'; else echo '${before}'; fi ;; *) echo '2: eth0    inet ${own}/24 scope global eth0' ;; esac`,
  )
  const {code, stdout} = b.run(lookForNeighbour('10.0.0.9'))
  expect(code).toBe(0)
  return stdout.trim()
}

describe('a machine that has an address', () => {
  it('is seen by its answer, also when the host knew it before', () => {
    expect(seen({after: ENTRY, pings: true})).toBe(ENTRY)
    expect(seen({before: ENTRY, pings: true})).toBe(ENTRY)
  })

  it('is seen without an answer to ping, because it says its MAC address now', () => {
    expect(seen({after: ENTRY})).toBe(ENTRY)
  })

  it('does not exist when nobody says a MAC address', () => {
    expect(seen({after: '10.0.0.9 dev eth0 FAILED'})).toBe('')
    expect(seen({})).toBe('')
  })

  it('may have left when the host knew it and gets no answer', () => {
    expect(seen({before: ENTRY.replace('REACHABLE', 'STALE')})).toBe('')
  })

  it('is not the host itself, nor one whose address only begins like it', () => {
    expect(seen({own: '10.0.0.9', before: ENTRY, pings: true})).toBe('')
    expect(seen({own: '10.0.0.99', after: ENTRY, pings: true})).toBe(ENTRY)
  })
})
