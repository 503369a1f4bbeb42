// The documents say what the program does: what can be compared with it, is.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { METRIC_DOCS, withMetrics } from "../../scripts/metric-docs.ts";
import { documentedProblems, PROBLEM_DOCS, withProblemFacts } from "../../scripts/problem-docs.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { MANAGE_PREFIXES } from "../../src/cli/manage.ts";
import { PROBLEMS, type ProblemKind } from "../../src/domain/problem-catalogue.ts";
import { allowedRsyncOptions } from "../../src/domain/rsync-option.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);
/** Everything between backquotes. */
const codeIn = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
/** The lines of code blocks, and what stands between backquotes in the rest. */
const codeLines = (text: string): string[] =>
  text.split(/^ *```.*$/m).flatMap((part, index) => (index % 2 === 1 ? part.split(/\n|&&/) : codeIn(part)));

describe("the documents", () => {
  it("explain every problem once, with the program's own hint, and none that does not exist", () => {
    const page = readFileSync(PROBLEM_DOCS, "utf8");
    expect(documentedProblems(page).sort()).toEqual(Object.keys(PROBLEMS).sort());
    // When this fails: bin/run-node scripts/problem-docs.ts
    expect(page).toBe(withProblemFacts(page));
  });

  it("list every metric as the program has it", () => {
    const page = readFileSync(METRIC_DOCS, "utf8");
    // When this fails: bin/run-node scripts/metric-docs.ts
    expect(page).toBe(withMetrics(page));
  });

  it("name the exit code of every problem", () => {
    const rows = read("docs/exit-codes.md").matchAll(/^\| (\d+) \|[^|]*\|([^|]*)\|$/gm);
    const named = [...rows].flatMap(([, code, problems = ""]) =>
      codeIn(problems).map((problem) => `${problem} ${code}`),
    );
    const kinds: [string, ProblemKind][] = Object.entries(PROBLEMS);
    const expected = kinds
      .filter(([, { exitCode }]) => exitCode !== 1)
      .map(([code, { exitCode }]) => `${code} ${exitCode}`);
    expect(named.sort()).toEqual(expected.sort());
  });

  it("list exactly the rsync options that are let through", () => {
    const table = [...read("docs/rsync-options.md").matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = ""]) =>
      codeIn(cell),
    );
    expect(table.sort()).toEqual(allowedRsyncOptions().sort());
  });

  it("mention only commands that exist", () => {
    const known = COMMANDS.map(({ name }) => name);
    for (const path of documents)
      for (const line of codeLines(read(path))) {
        const name = /^\s*(?:\$ |sudo )*(?:bin\/)?pobsync (?:--?[a-z-]+ )*([a-z][a-z-]*)/.exec(line)?.[1];
        if (name !== undefined) expect([...known, ...MANAGE_PREFIXES], `${path}: ${line}`).toContain(name);
      }
  });

  it("link only to files that are there", () => {
    for (const path of documents)
      for (const [, target = ""] of read(path).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
        expect(existsSync(join(root, dirname(path), target)), `${path} → ${target}`).toBe(true);
  });

  it("number the decisions without a gap", () => {
    const numbers = documents
      .filter((path) => path.startsWith("docs/adr/"))
      .map((path) => Number(path.slice("docs/adr/".length, "docs/adr/".length + 4)))
      .sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
