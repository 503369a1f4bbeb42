// The checks of this repository, one program each, cheapest first. `npm run check` and `bin/test` share them.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface Step {
  /** What is checked, in a word or two. */
  name: string;
  /** A script for Node and its arguments, relative to the repository's root. */
  run: readonly string[];
}

const biome = "node_modules/@biomejs/biome/bin/biome";
const folders = ["src", "web", "tests", "bench", "scripts"].filter((folder) => existsSync(folder));

export const CHECKS: readonly Step[] = [
  { name: "file size", run: ["scripts/check-file-size.ts"] },
  { name: "lockfile", run: ["scripts/check-lockfile.ts"] },
  { name: "format", run: [biome, "check", "--linter-enabled=false", "."] },
  { name: "lint", run: [biome, "lint", "--error-on-warnings", "."] },
  { name: "types", run: ["node_modules/typescript/bin/tsc", "-p", "."] },
  { name: "types, web", run: ["node_modules/typescript/bin/tsc", "-p", "web"] },
  {
    name: "import rules",
    run: [
      "--import=./scripts/typescript-6.ts",
      "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
      "--config=.dependency-cruiser.cjs",
      "--output-type=err-long",
      ...folders,
    ],
  },
  { name: "unused code", run: ["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"] },
];

export const BUILD: Step = { name: "build", run: ["scripts/build.ts"] };

/** Runs one step: a line when all is well, the tool's own words when not. */
export function passes(step: Step): boolean {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, step.run, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const ok = status === 0;
  console.log(`${ok ? "OK  " : "FAIL"} ${step.name.padEnd(12)} ${seconds} s`);
  if (!ok) console.log(error?.message ?? `${stdout}${stderr}`.trim());
  return ok;
}
