import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Many tests start programs, and machines of two cores are busy while they do.
    testTimeout: 30_000,
    benchmark: { include: ["test/**/*.bench.ts"] },
  },
});
