// Bundles the program with all of its packages into dist/, which then runs without node_modules. Every command
// is imported dynamically and becomes a chunk of its own, so that starting one reads little else.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: { pobsync: "src/main/cli.ts" },
  platform: "node",
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    // No hashes in names: nobody caches these files for long, and stable names keep the compile cache from growing.
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // Not minified: a stack trace in somebody's log should be readable as it is.
    minify: false,
  },
});
