import {defineConfig} from 'vitest/config'

/** One room only, such as `KADM_ROOM=certs`: its own tests must find what is altered in it, and that is much quicker. */
const room = process.env['KADM_ROOM']

/** The tests of the rooms that `npm run test:mutation` alters, in one project: Stryker starts no others. */
export default defineConfig({
  test: {
    include:
      room === undefined
        ? ['test/{domain,config,certs,manifests}/**/*.test.ts', 'test/engine/**/{jobs,job-graph}*.test.ts']
        : [`test/${room}/**/*.test.ts`],
    testTimeout: 20_000,
  },
})
