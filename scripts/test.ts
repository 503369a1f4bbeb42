// All of `bin/test` that happens once packages are there: checks, build and tests, and the sum as the last line.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUILD, CHECKS, passes, type Step } from "./steps.ts";

interface Tally {
  passed: number;
  failed: number;
}
/** The part of vitest's JSON report that is read here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

function runSteps(steps: readonly Step[]): Tally {
  const results = steps.map(passes);
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

/** Vitest prints as it always does; the counts come from its JSON report. A crash counts as one failure. */
function runTests(projects: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-test-report-"));
  const file = join(folder, "report.json");
  try {
    const { status } = spawnSync(
      process.execPath,
      [
        "node_modules/vitest/vitest.mjs",
        "run",
        ...projects.map((project) => `--project=${project}`),
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${file}`,
      ],
      { stdio: "inherit" },
    );
    return tally(file, status === 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tally(file: string, endedWell: boolean): Tally {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return { passed: 0, failed: 1 };
  }
  // A file that could not even be loaded has no tests in the report, but is a failure all the same.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  );
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + broken.length;
  // An error outside of any test, or no test at all: never green.
  return { passed, failed: failed === 0 && (!endedWell || passed === 0) ? 1 : failed };
}

const PARTS: Record<string, () => Tally[]> = {
  all: () => [runSteps(CHECKS), runSteps([BUILD]), runTests(["unit", "integration", "end-to-end"])],
  check: () => [runSteps(CHECKS)],
  unit: () => [runTests(["unit"])],
  integration: () => [runTests(["integration"])],
  "end-to-end": () => [runTests(["end-to-end"])],
};

const tallies = PARTS[process.argv[2] ?? "all"]?.() ?? [{ passed: 0, failed: 1 }];
const passed = tallies.reduce((sum, part) => sum + part.passed, 0);
const failed = tallies.reduce((sum, part) => sum + part.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
