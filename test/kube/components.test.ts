import {expect, test} from 'vitest'
import {startupSecondsOf} from '../../src/kube/components.ts'

test('the patience of a cluster is what its API server is started with', () => {
  const apiServer = (startupProbe: object) => ({spec: {containers: [{startupProbe}]}})

  expect(startupSecondsOf(apiServer({failureThreshold: 90, periodSeconds: 10}))).toBe(900)
  expect(startupSecondsOf(apiServer({}))).toBe(0)
})
