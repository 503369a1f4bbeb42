// Repairing: a damaged stored file gets its content back under all of its names, and nothing else about anything changes.
import { lstatSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareTrees } from "../support/compare-trees.ts";
import { cutTo, damage, flipped, grownBy } from "../support/damage.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { makeRepairSite, outcomes, type RepairSite } from "../support/repair-site.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";
import { joinBytes } from "../support/tree-paths.ts";

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const oddNames = [
  Buffer.from("new\nline"),
  Buffer.from('a "quoted" name'),
  Buffer.from("it's"),
  Buffer.from("-rf"),
  Buffer.from("--delete"),
  Buffer.from("\\#012"),
  Buffer.from([0x63, 0x61, 0x66, 0xe9]),
  Buffer.from("n".repeat(255)),
];

describe.each(["ssh", "local"] as const)("from the live host over %s", (transport) => {
  let site: RepairSite;
  const names: string[] = [];
  let before: TreeFacts[];
  const treesOf = () =>
    Promise.all(names.map((name) => treeFacts(site.pathOf("nas", "snapshots", name, "data"))));

  beforeAll(async () => {
    site = await makeRepairSite(transport === "ssh" ? sshd : null);
    await plantTree(site.world.hostDir, { sparseMebibytes: 4 });
    site.write("long", "a long line\n".repeat(400_000));
    site.write("empty one day", "not now");
    for (const round of [0, 1]) {
      site.write("changing", `version ${round}`);
      names.push((await site.backUp("nas")).snapshot.name);
    }
    before = await treesOf();
  });
  afterAll(() => site.world.dispose());

  it("every sort of damage to every sort of file is mended in every snapshot, and nothing else is touched", async () => {
    const [oldest = ""] = names;
    const at = (file: string) => site.stored(oldest, file);
    const damages = [
      ...["modes/4755", "modes/6711", "attributes/capability", "attributes/acl", "attributes/xattrs"].map(
        (file) => damage(at(file), flipped(0)),
      ),
      ...["links/one", "times/before 1970", "times/2100", "owners/huge ids"].map((file) =>
        damage(at(file), flipped(-1)),
      ),
      ...oddNames.map((name) => damage(joinBytes(at("names"), name), flipped(2))),
      damage(at("big/random"), flipped(3_000_000)),
      damage(at("big/sparse"), flipped(1)),
      damage(at("long"), cutTo(1_500_000)),
      damage(at("empty one day"), cutTo(0)),
      damage(at("plain/no line end"), grownBy("!".repeat(9000))),
    ];
    await Promise.all(damages);
    const host = await treeFacts(site.world.hostDir);
    const found = await site.verify(1, "nas");
    expect(found.damaged.length).toBe(damages.length);
    for (const one of found.damaged) expect([one.repaired, one.whyNot]).toEqual([null, null]);
    expect(found.run?.problem?.hint).toContain("pobsync verify nas --damaged --repair");
    expect(await site.results()).toEqual(["damaged", "damaged"]);

    const mended = await site.verify(3, "nas", "--damaged", "--repair");
    expect(mended.checked).toBe(damages.length);
    expect(mended.damaged.filter(({ repaired }) => repaired !== "host")).toEqual([]);
    expect(mended.run).toMatchObject({ status: "warning", problem: null });
    expect(mended.run?.warnings.map(({ code }) => code)).toEqual(["content_repaired"]);
    const after = await treesOf();
    for (const [index, tree] of after.entries())
      expect(compareTrees(before[index] as TreeFacts, tree)).toEqual([]);
    expect(await site.results()).toEqual(["ok", "ok"]);
    expect(compareTrees(host, await treeFacts(site.world.hostDir))).toEqual([]);
    expect(site.isTidy()).toBe(true);
    expect((await site.verify(0, "nas", "--damaged", "--repair")).checked).toBe(0);
    expect((await site.verify(0, "nas")).damaged).toEqual([]);
  });

  it("a worker does it as well, and only what was found damaged is read", async () => {
    const [, newest = ""] = names;
    await damage(site.stored(newest, "changing"), flipped(1));
    await site.verify(1, "nas", "--snapshot", newest);
    const queued = await site.verify(0, "nas", "--damaged", "--repair", "--queue");
    await site.ok("worker");
    const run = (await site.ok("--json", "show-run", `${queued.run?.id}`)).json();
    expect(run).toMatchObject({ status: "warning", result: { checked: 1, damaged: [{ repaired: "host" }] } });
    expect(readFileSync(site.stored(newest, "changing"), "utf8")).toBe("version 1");
  });
});

describe("from a copy here", () => {
  let site: RepairSite;
  const names: string[] = [];
  beforeAll(async () => {
    site = await makeRepairSite(sshd);
    site.write("first", "the same in both");
    site.write("second", "the same in both");
    site.write("lonely", "nowhere else");
    names.push((await site.backUp("nas")).snapshot.name);
    for (const file of ["first", "lonely"]) site.write(file, "another version by now");
    names.push((await site.backUp("nas")).snapshot.name);
  });
  afterAll(() => site.world.dispose());

  it("a file is mended when the host has another version of it by now; one without a copy is not, and it is said why", async () => {
    const [oldest = ""] = names;
    await damage(site.stored(oldest, "first"), flipped(4));
    await damage(site.stored(oldest, "lonely"), flipped(4));
    const times = lstatSync(site.stored(oldest, "lonely"), { bigint: true }).mtimeNs;
    const found = await site.verify(1, "nas", "--repair");
    expect(outcomes(found)).toEqual({
      first: "copy",
      lonely: "no healthy copy here, and nas does not have this version any more",
    });
    expect(found.run?.problem).toMatchObject({
      code: "content_damaged",
      message: "1 stored file is not what the host had.",
    });
    expect(found.run?.warnings.map(({ code }) => code)).toEqual(["content_repaired"]);
    expect(readFileSync(site.stored(oldest, "first"), "utf8")).toBe("the same in both");
    expect(readFileSync(site.stored(oldest, "lonely"), "utf8")).toMatch(/^nowh.re else$/);
    expect(lstatSync(site.stored(oldest, "lonely"), { bigint: true }).mtimeNs).toBe(times);
    expect(await site.results()).toEqual(["damaged", "ok"]);
    expect(site.isTidy()).toBe(true);
  });

  it("each file's fate is told in a line of its own", async () => {
    await damage(site.stored(names[0] ?? "", "second"), flipped(0));
    const { stdout, stderr, code } = await site.pobsync.run("verify", "nas", "--repair");
    expect(code).toBe(1);
    const path = (file: string) => join(site.world.hostDir, file);
    expect(stdout).toContain("see below");
    expect(stderr).toContain(
      `${path("second")} in 2 snapshots from ${names[0]} on; repaired from a copy here`,
    );
    expect(stderr).toContain(
      `${path("lonely")} in ${names[0]}; not repaired: no healthy copy here, and nas does`,
    );
  });

  it("a copy that is damaged itself is not used", async () => {
    const [oldest = "", newest = ""] = names;
    await damage(site.stored(oldest, "first"), flipped(0));
    await damage(site.stored(newest, "second"), flipped(0));
    rmSync(join(site.world.hostDir, "second"));
    const found = await site.verify(1, "nas", "--snapshot", oldest, "--repair");
    expect(outcomes(found)).toMatchObject({
      first: expect.stringContaining("nas does not have"),
      second: expect.stringContaining("nas does not have"),
    });
  });
});
