import {availableParallelism} from 'node:os'
import {defineConfig} from 'vitest/config'

/** Real machines, one lab after another: the machines of more use up the inotify instances that a kernel gives one user, 128 by default. */
const onMachines = {
  testTimeout: 1_800_000,
  hookTimeout: 3_600_000,
  fileParallelism: false,
  disableConsoleIntercept: true,
}

/** On two cores vitest would take one worker, which waits for scripts, servers and clocks a third of its time and more. */
const WORKERS = Math.max(2, availableParallelism() - 1)

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['html', 'json'],
      reportsDirectory: 'coverage',
      reportOnFailure: true,
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/contract/**', 'test/e2e/**', 'test/release/**', 'test/chaos/**'],
          testTimeout: 20_000,
          maxWorkers: WORKERS,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: WORKERS,
        },
      },
      {test: {name: 'e2e', include: ['test/e2e/**/*.test.ts'], exclude: ['test/e2e/vm-*.test.ts'], ...onMachines}},
      {test: {name: 'vm', include: ['test/e2e/vm-*.test.ts'], ...onMachines}},
      {test: {name: 'chaos', include: ['test/chaos/**/*.test.ts'], ...onMachines}},
      {test: {name: 'release', include: ['test/release/**/*.test.ts'], ...onMachines}},
    ],
  },
})
