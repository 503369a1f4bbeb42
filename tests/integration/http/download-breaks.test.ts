// A download that is not whole breaks off, and one that nobody reads any more ends.
import { readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DownloadSite, MEBIBYTE, makeDownloadSite } from "../../support/downloads.ts";
import { withFailingFile } from "../../support/failing-file.ts";
import { planted } from "../../support/hostile-tree.ts";
import { processesBelow } from "../../support/processes.ts";
import { randomBytes, seededRandom } from "../../support/random.ts";
import { waitUntil } from "../../support/wait-until.ts";

let on: DownloadSite;
beforeAll(async () => {
  on = await makeDownloadSite();
});
afterAll(() => on.close());

/** Whether the answer broke off, and how much of it came. */
async function readUntilItEnds(answer: Response): Promise<"whole" | "broken off"> {
  expect(answer.status).toBe(200);
  return answer.arrayBuffer().then(
    () => "whole" as const,
    () => "broken off" as const,
  );
}

describe("what is not whole breaks off", () => {
  it.each(["raw", "tar", "zip"])("when the disk fails in the middle of a file (%s)", async (format) => {
    const content = randomBytes(seededRandom(5), 3 * MEBIBYTE);
    const file = on.stored(on.source, "failing");
    writeFileSync(file, content);
    try {
      const failed = await withFailingFile(file, content, MEBIBYTE, async () =>
        readUntilItEnds(await on.download({ path: join(on.source, "failing"), format })),
      );
      expect(failed).toBe("broken off");
      expect(await readUntilItEnds(await on.download({ path: join(on.source, "failing"), format }))).toBe(
        "whole",
      );
    } finally {
      rmSync(file);
    }
  });

  it.each(["tar", "zip"])("when the snapshot is taken away meanwhile (%s)", async (format) => {
    const whole = on.site.pathOf("web1", "snapshots", on.snapshot);
    const answer = await on.answer({ path: join(on.source, "large"), format });
    const chunks = answer[Symbol.asyncIterator]();
    expect((await chunks.next()).value.length).toBeGreaterThan(0);
    renameSync(whole, on.inWorld("trash"));
    try {
      const rest = async (): Promise<void> => {
        for (let next = await chunks.next(); next.done !== true; ) next = await chunks.next();
      };
      await expect(rest()).rejects.toThrow(/aborted/);
    } finally {
      renameSync(on.inWorld("trash"), whole);
    }
    expect(await readUntilItEnds(await on.download({ path: join(on.source, "large"), format }))).toBe(
      "whole",
    );
  });
});

const tarsRunning = () =>
  processesBelow(process.pid).filter(({ command }) => /(^|\s)tar --create/.test(command));

/** What this process, and so the server, has open of the backups. */
const openOnes = (): string[] =>
  readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    })
    .filter((path) => path.startsWith(on.site.pathOf("web1", "snapshots")));

describe("whoever leaves", () => {
  it.each(["raw", "tar", "zip"])("ends what was done for it (%s)", async (format) => {
    const left = new AbortController();
    const path = format === "raw" ? join(on.source, "large", "big") : join(on.source, "large");
    const answer = await on.download({ path, format }, { signal: left.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    expect(openOnes().length).toBeGreaterThan(0);
    if (format === "tar") expect(tarsRunning().length).toBeGreaterThan(0);
    left.abort();
    await waitUntil(() => tarsRunning().length === 0, { what: "tar to end" });
    await waitUntil(() => openOnes().length === 0, { what: "open files to be closed" });
  });

  it("makes room for others: only so many are answered at a time", async () => {
    const path = join(on.source, "large", "big");
    const left = new AbortController();
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => on.download({ path }, { signal: left.signal })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await on.expectRefusal(429, "too_many_attempts", /24 downloads/, { path });
    left.abort();
    const isAnswered = async (): Promise<boolean> =>
      (await on.download({ path: join(on.tree, planted.empty) })).status === 200;
    await waitUntil(isAnswered, { what: "room for another download" });
  });
});
