import {defineConfig} from 'vitest/config'

/** The tests of the rooms that `npm run test:mutation` alters, in one project: Stryker starts no others. */
export default defineConfig({
  test: {
    include: ['test/{domain,config,certs,manifests}/**/*.test.ts', 'test/engine/**/{jobs,job-graph}*.test.ts'],
    testTimeout: 20_000,
  },
})
