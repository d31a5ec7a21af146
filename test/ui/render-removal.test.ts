import {expect, it} from 'vitest'
import type {PlannedRemoval, RemovalPlan} from '../../src/engine/removal/removal-plan.ts'
import {renderRemoval} from '../../src/ui/render-removal.ts'

const NOTHING = {moved: [], lost: [], staying: [], refused: []}
const removal = (changes: Partial<PlannedRemoval>): PlannedRemoval => ({
  name: 'worker-2',
  address: '10.0.0.12',
  role: 'worker',
  isListed: true,
  isDead: false,
  drain: NOTHING,
  ...changes,
})
const plan = (changes: Partial<RemovalPlan>): RemovalPlan => ({
  removals: [],
  members: [],
  votersAfter: undefined,
  limits: [],
  refusals: [],
  ...changes,
})

it('a removal tells what it evicts, what is lost, and what becomes of the machine', () => {
  const drain = {
    ...NOTHING,
    moved: ['shop/web-1', 'shop/web-2'],
    lost: [
      {pod: 'shop/alone', because: 'no controller' as const},
      {pod: 'shop/cache', because: 'emptyDir' as const},
    ],
    staying: ['kube-system/kube-proxy-x'],
  }
  expect(renderRemoval(plan({removals: [removal({drain})]})).split('\n')).toEqual([
    'worker-2 (10.0.0.12): worker',
    '  is evicted: shop/web-1',
    '  is evicted: shop/web-2',
    '  is lost, because no controller creates it again: shop/alone',
    '  is evicted, and loses its emptyDir data: shop/cache',
    '  1 other pod of the machine stops with it',
    '  the machine is then reset',
  ])
})

it('a removal tells when the pods cannot terminate, because the kubelet is silent', () => {
  const drain = {...NOTHING, moved: ['shop/web-1']}
  const textOf = (changes: Partial<PlannedRemoval>): string => renderRemoval(plan({removals: [removal(changes)]}))
  expect(textOf({drain, isSilent: true})).toContain('pass --skip-wait-for-delete-timeout')
  expect(textOf({drain, isSilent: true, isDead: true})).not.toContain('kubelet')
  expect(textOf({isSilent: true})).not.toContain('kubelet')
})

it('a removal of a dead control plane tells what becomes of etcd, and touches no machine', () => {
  const dead = removal({
    name: 'cp-3',
    role: 'control-plane',
    isDead: true,
    drain: {...NOTHING, moved: ['shop/web-1'], lost: [{pod: 'shop/cache', because: 'emptyDir'}]},
  })
  expect(
    renderRemoval(plan({removals: [dead], members: [{node: 'cp-3', id: 'a3'}], votersAfter: 2})).split('\n'),
  ).toEqual([
    'cp-3 (10.0.0.12): control plane, dead',
    '  is created again on other nodes: shop/web-1',
    '  is created again on other nodes, without its emptyDir data: shop/cache',
    '  nothing is done on the machine',
    'cp-3 leaves etcd, which then has 2 voting members; 0 may fail',
  ])
})

it('a removal names each budget that holds its drain, with the numbers', () => {
  const limit = {budget: 'shop/web', pods: ['shop/web-1', 'shop/web-2'], healthy: 3, needed: 2, because: undefined}
  const text = renderRemoval(
    plan({
      removals: [removal({isListed: false, address: undefined})],
      limits: [
        {...limit, allowed: 0, healthy: 2},
        {...limit, allowed: 1},
        {...limit, allowed: 0, because: 'the API server evicts no pod that has more than one budget'},
      ],
    }),
  )
  expect(text.split('\n')).toEqual([
    'worker-2: worker, not in the cluster any more',
    '  no pod to evict',
    '  the machine is then reset',
    'budget shop/web blocks the drain now: it needs 2 healthy pods and has 2 (shop/web-1, shop/web-2)',
    'budget shop/web slows the drain down: it allows 1 of 2 evictions now; it needs 2 healthy pods and has 3',
    'budgets shop/web block the drain: the API server evicts no pod that has more than one budget (shop/web-1, shop/web-2)',
  ])
})
