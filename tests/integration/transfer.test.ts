// A transfer whose program cannot even be started.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startProgram } from "../../src/system/program.ts";
import { openRunLog } from "../../src/system/run-log.ts";
import { runTransfer } from "../../src/system/transfer.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-transfer-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("says that, and why, instead of taking it for one that was ended from outside", async () => {
  const log = openRunLog(join(folder, "log"));
  const cwd = join(folder, "gone");
  const transfer = runTransfer((options) => startProgram(["rsync"], { ...options, cwd }), Buffer.alloc(0), {
    ...{ onProgress() {}, stop: new AbortController().signal, stallTimeoutMs: 60_000 },
    ...{ log, outputFile: join(folder, "output"), isLocal: true },
  });
  await expect(transfer).rejects.toMatchObject({
    code: "worker_lost",
    message: expect.stringMatching(/^rsync could not be started here: .*ENOENT/),
    hint: expect.stringContaining("ulimit"),
  });
  await log.close();
});
