import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    testTimeout: 20_000,
    // Where the program is not built yet, it is built first.
    hookTimeout: 1_200_000,
  },
});
