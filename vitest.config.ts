// Where a test lives says what it needs: tests/unit/ nothing, tests/integration/ real rsync, sshd and SQL,
// tests/end-to-end/ a real browser as well.
import { defineConfig } from "vitest/config";

const minutes = 60_000;

export default defineConfig({
  test: {
    // Tests wait for ssh and disks more than they compute, so two files at a time even on two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          // Nothing happens on import in this house, so files need no process of their own.
          isolate: false,
          // They take seconds; on a machine that does ten other things as well, longer.
          testTimeout: minutes / 2,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: "tests/support/bundle-setup.ts",
          testTimeout: 2 * minutes,
          hookTimeout: 2 * minutes,
        },
      },
      {
        test: {
          name: "end-to-end",
          include: ["tests/end-to-end/**/*.test.ts"],
          globalSetup: "tests/support/bundle-setup.ts",
          testTimeout: 2 * minutes,
          hookTimeout: 2 * minutes,
        },
      },
      {
        // Needs a Docker engine: by hand.
        test: {
          name: "install",
          include: ["tests/install/**/*.test.ts"],
          globalSetup: "tests/support/packages.ts",
          testTimeout: 10 * minutes,
          hookTimeout: 10 * minutes,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "soak",
          include: ["tests/soak/**/*.test.ts"],
          globalSetup: "tests/support/bundle-setup.ts",
          testTimeout: 120 * minutes,
          hookTimeout: 10 * minutes,
        },
      },
    ],
    coverage: { provider: "v8", include: ["src/**"] },
  },
});
