// Programs that cannot even be started.
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runTool } from "../support/tool.ts";

const PROGRAM = fileURLToPath(new URL("../../src/system/program.ts", import.meta.url));

/** Opens files until there may be no more, and starts a program then. */
const SCRIPT = `
  import { openSync } from "node:fs";
  import { runProgram } from ${JSON.stringify(PROGRAM)};
  try { for (;;) openSync("/dev/null", "r"); } catch {}
  const { code, startError } = await runProgram(["true"]);
  console.log(JSON.stringify({ code, why: startError.code }));
`;

it("a process that may open no more files is told so, and does not fail in some other way", async () => {
  const words = [
    "-c",
    'ulimit -n 64; exec "$@"',
    "bash",
    process.execPath,
    "--input-type=module",
    "-e",
    SCRIPT,
  ];
  expect(JSON.parse(`${await runTool("bash", words)}`)).toEqual({ code: null, why: "EMFILE" });
});
