// Files that half arrived are kept for rsyncs that go on with them, and only for those.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dropUselessHalves } from "../../src/system/half-files.ts";

const folder = mkdtempSync(join(tmpdir(), "pobsync-half-files-"));
const workplace = { path: folder, partial: join(folder, "partial") };
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(workplace.partial, { recursive: true, force: true });
  mkdirSync(workplace.partial);
});

/** A program that stands in rsync's place. */
function otherRsync(...lines: readonly string[]): string {
  const path = join(folder, "other-rsync");
  writeFileSync(path, `${["#!/bin/bash", ...lines].join("\n")}\n`, { mode: 0o755 });
  return path;
}

describe("half-sent files", () => {
  it("stay for an rsync that continues them", async () => {
    writeFileSync(join(workplace.partial, "big"), "half");
    expect(await dropUselessHalves(workplace)).toBe(false);
    expect(readdirSync(workplace.partial)).toEqual(["big"]);
  });

  it("go when rsync fails on every one of them, and the folder for new ones stays", async () => {
    writeFileSync(join(workplace.partial, "big"), "half");
    // As Debian's 3.2.7-1+deb12u5 and u6, whose repair looks for them at the wrong place.
    const broken = otherRsync(
      'for word; do [[ $word != --partial-dir=* ]] || half=$(cut -d= -f2 <<<"$word"); done',
      '[[ -z $(ls -A "$half") ]] || exit 12',
      'exec rsync "$@"',
    );
    expect(await dropUselessHalves(workplace, broken)).toBe(true);
    expect(readdirSync(workplace.partial)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("try-"))).toEqual([]);
  });

  it("are not tried out where there are none", async () => {
    const loud = otherRsync(`touch ${join(folder, "was-started")}`);
    expect(await dropUselessHalves(workplace, loud)).toBe(false);
    expect(readdirSync(folder)).not.toContain("was-started");
  });
});
