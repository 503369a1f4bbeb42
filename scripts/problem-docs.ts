// Puts what the program knows about each problem into docs/problems.md, below the words that people wrote there.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isProblemCode, PROBLEMS, type ProblemCode } from "../src/domain/problem-catalogue.ts";

export const PROBLEM_DOCS = fileURLToPath(new URL("../docs/problems.md", import.meta.url));

const HEADING = /^### `(\w+)`$/m;

/** The codes that the page has a section for, in its order. */
export const documentedProblems = (page: string): string[] =>
  [...page.matchAll(new RegExp(HEADING, "gm"))].map((match) => match[1] ?? "");

function factsOf(code: ProblemCode): string {
  const { hint, exitCode, httpStatus, retryable } = PROBLEMS[code];
  const again = retryable ? " The same attempt may succeed later without a change." : "";
  return `> ${hint}\n\nExit code ${exitCode}, HTTP status ${httpStatus}.${again}`;
}

/** The page with each section's facts brought up to date; its words stay. */
export function withProblemFacts(page: string): string {
  return page
    .split(/^(?=##)/m)
    .map((section) => {
      const code = HEADING.exec(section)?.[1];
      if (code === undefined || !isProblemCode(code)) return section;
      return `${section.split(/^> /m)[0]?.trimEnd()}\n\n${factsOf(code)}\n\n`;
    })
    .join("")
    .trimEnd()
    .concat("\n");
}

if (import.meta.main) writeFileSync(PROBLEM_DOCS, withProblemFacts(readFileSync(PROBLEM_DOCS, "utf8")));
