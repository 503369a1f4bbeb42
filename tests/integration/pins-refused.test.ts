// Pins that are refused: with the reason, and without a trace.
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePinSite, type PinSite } from "../support/pin-site.ts";

let site: PinSite;
let [newest, middle] = ["", ""];
beforeAll(async () => {
  site = await makePinSite();
  [newest, middle] = site.names;
});
afterAll(() => site.world.dispose());

describe("a refusal leaves the record and the disk as they were:", () => {
  const everything = () => ({
    rows: site.names.map(site.rowOf),
    files: site.names.map((name) => readFileSync(site.folderOf(name, "snapshot.json"), "utf8")),
    entries: site.names.map((name) => readdirSync(site.folderOf(name)).sort()),
  });
  const refused = async (exit: number, code: string, ...args: string[]) => {
    const before = everything();
    const { code: found, stdout, stderr } = await site.pobsync.run("--json", ...args);
    expect({ found, stdout, stderr }).toMatchObject({ found: exit });
    expect(JSON.parse(stdout)).toMatchObject({ problem: { code } });
    expect(everything()).toEqual(before);
    return JSON.parse(stdout).problem as { message: string; hint: string };
  };
  const why = ["--reason", "why"];

  it("no such host, no such snapshot, none at all", async () => {
    expect(await refused(5, "not_found", "pin", "nobody", newest, ...why)).toMatchObject({
      hint: expect.stringContaining("pobsync hosts"),
    });
    const unknown = newest.replace(/[0-9a-f]{6}$/, "000000");
    for (const given of [unknown, "../nas", "", "\u001b[31m", "x".repeat(5000)])
      for (const args of [
        ["pin", ...why, "--", "nas", given],
        ["unpin", "--", "nas", given],
      ])
        expect(await refused(5, "not_found", ...args)).toMatchObject({
          hint: "pobsync snapshots nas lists them.",
        });
    await site.configureHost("empty", null);
    expect((await refused(5, "not_found", "pin", "empty", "latest", ...why)).message).toBe(
      "empty has no snapshot yet.",
    );
  });

  it("a reason or an end that will not do", async () => {
    for (const reason of ["", "  ", "x".repeat(201), "a\nb", "\u202egnp"])
      await refused(2, "bad_input", "pin", "nas", newest, `--reason=${reason}`);
    for (const until of ["2020-01-31", "2099-02-30", "0d", "soon", ""])
      await refused(2, "bad_input", "pin", "nas", newest, ...why, `--until=${until}`);
    await refused(2, "bad_input", "pin", "nas", newest);
    await refused(2, "bad_input", "pin", "nas");
    await refused(2, "bad_input", "unpin", "nas");
  });

  it("one that is on its way out, or gone", async () => {
    for (const [state, exit, code, hint] of [
      ["removing", 2, "snapshot_removing", `pobsync restore-from-trash nas ${middle}`],
      ["removed", 5, "not_found", "pobsync snapshots nas"],
    ] as const) {
      site.setInSql(middle, "state", state);
      for (const args of [
        ["pin", "nas", middle, ...why],
        ["unpin", "nas", middle],
      ])
        expect((await refused(exit, code, ...args)).hint).toContain(hint);
    }
    site.setInSql(middle, "state", "complete");
  });

  it("the backup disk is not mounted", async () => {
    const marker = join(site.world.backupRoot, ".pobsync-root");
    renameSync(marker, `${marker}.away`);
    await refused(1, "root_not_mounted", "pin", "nas", newest, ...why);
    await refused(1, "root_not_mounted", "unpin", "nas", newest);
    renameSync(`${marker}.away`, marker);
  });

  it("what lies there is not our snapshot", async () => {
    const path = site.folderOf(middle, "snapshot.json");
    const text = readFileSync(path, "utf8");
    const elsewhere = join(site.world.dir, "elsewhere.json");
    writeFileSync(elsewhere, text);
    for (const bad of ["", "[]", "{", text.replace('"nas"', '"web1"')]) {
      writeFileSync(path, bad);
      await refused(1, "not_our_snapshot", "pin", "nas", middle, ...why);
    }
    rmSync(path);
    symlinkSync(elsewhere, path);
    await refused(1, "not_our_snapshot", "pin", "nas", middle, ...why);
    expect(readFileSync(elsewhere, "utf8")).toBe(text);
    rmSync(path);
    writeFileSync(path, text, { mode: 0o600 });

    renameSync(site.folderOf(middle), site.pathOf("nas", "aside"));
    symlinkSync("../aside", site.folderOf(middle));
    await refused(1, "not_our_snapshot", "pin", "nas", middle, ...why);
    rmSync(site.folderOf(middle));
    renameSync(site.pathOf("nas", "aside"), site.folderOf(middle));
  });
});
