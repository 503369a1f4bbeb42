// Restore drills: what is damaged, missing or changed is found and named, and an untouched store gives no false alarm.
import {
  chmodSync,
  existsSync,
  lchownSync,
  lutimesSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { indexedSnapshots, openCatalog } from "../../src/catalog/catalog.ts";
import { sampleOf } from "../../src/catalog/sample.ts";
import { DrillShape } from "../../src/contract/schemas.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { cutTo, damage, flipped } from "../support/damage.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { runTool } from "../support/tool.ts";
import { pathsBelow } from "../support/tree-paths.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
let newest = "";
const drill = async (code: number, ...args: string[]) => {
  const result = await site.pobsync.run("--json", "drill", "nas", ...args);
  expect([result.code, result.stderr]).toEqual([code, expect.anything()]);
  return DrillShape.strict().parse(result.json());
};
const stored = (file: string) =>
  join(site.pathOf("nas", "snapshots", newest, "data"), site.world.hostDir, file);
const hostPath = (file: string) => join(site.world.hostDir, file);
const write = (file: string, text: string) => writeFileSync(hostPath(file), text);
const isTidy = () => !existsSync(site.pathOf("nas", "drill"));
const faultsOf = ({ result }: Awaited<ReturnType<typeof drill>>) =>
  Object.fromEntries((result?.findings ?? []).map(({ path, fault }) => [path.split("/").at(-1), fault]));

beforeAll(async () => {
  site = await makeSite();
  await plantTree(site.world.hostDir, { sparseMebibytes: 4 });
  for (const name of ["rotten", "cut", "gone", "owned", "open", "old", "dump.sql"])
    write(name, `content of ${name}`);
  symlinkSync("somewhere", hostPath("pointer"));
  await site.configureHost("nas", null, "--source", site.world.hostDir);
  await site.backUp("nas");
  newest = (await site.backUp("nas")).snapshot.name;
});
afterAll(() => site.world.dispose());

describe("an untouched store", () => {
  it("comes back as it was stored, every file and link of it, whatever they are called", async () => {
    const found = await drill(0, "--files", "100000");
    expect(found).toMatchObject({
      run: { kind: "drill", status: "succeeded", problem: null },
      result: { snapshot: newest, faults: 0, findings: [], passedOver: 0, command: null },
    });
    const all = [...pathsBelow(site.pathOf("nas", "snapshots", newest, "data"))];
    expect(found.result?.sampled).toBeGreaterThan(all.filter(({ isFile }) => isFile).length);
    expect(isTidy()).toBe(true);
  });

  it("gives no false alarm, whichever files are picked", async () => {
    for (let round = 0; round < 15; round += 1)
      expect((await drill(0, "--files", "12", "--seed", `round-${round}`)).result?.sampled).toBe(12);
  });

  it("is picked from by the seed alone, also when its catalog was made anew", async () => {
    const pick = async (seed: string): Promise<string[]> => {
      const catalog = openCatalog(site.pathOf("nas", "catalog.sqlite3"), "read");
      const seq = indexedSnapshots(catalog).find(({ name }) => name === newest)?.seq ?? 0;
      const order = { seed, files: 20, bytes: 1e9 };
      const { entries } = await sampleOf(catalog, seq, order, new AbortController().signal);
      catalog.close();
      return entries.map(({ path }) => Buffer.from(path).toString("latin1"));
    };
    const [one, other] = [await pick("one"), await pick("other")];
    expect(one).not.toEqual(other);
    rmSync(site.pathOf("nas", "catalog.sqlite3"));
    await drill(0, "--files", "1");
    expect(await pick("one")).toEqual(one);
  });

  it("is not restored beyond what a drill may take", async () => {
    const { result } = await drill(0, "--files", "100000", "--max-bytes", "1000");
    expect(result?.bytes).toBeLessThanOrEqual(1000);
    expect(result?.passedOver).toBeGreaterThan(0);
  });

  it("can be tried while another run owns the host, and by a worker", async () => {
    const queued = DrillShape.parse((await site.ok("--json", "drill", "nas", "--queue")).json());
    expect(queued).toMatchObject({ run: { status: "queued" }, result: null });
    await site.ok("worker");
    const run = (await site.ok("--json", "show-run", `${queued.run.id}`)).json();
    expect(run).toMatchObject({ kind: "drill", status: "succeeded", result: { sampled: 100, faults: 0 } });
  });

  it("is refused when there is nothing to try", async () => {
    expect((await site.pobsync.run("drill", "nobody")).code).toBe(5);
    expect((await site.pobsync.run("drill", "nas", "--snapshot", "2020-01-01")).code).toBe(5);
    for (const [option, bad] of [
      ["--files", "-1"],
      ["--seed", "a b"],
      ["--max-bytes", "x"],
    ])
      expect((await site.pobsync.run("drill", "nas", `${option}`, `${bad}`)).code).toBe(2);
  });
});

describe("the command that checks", () => {
  const script = () => join(site.world.dir, "check.sh");
  const configure = (...options: string[]) => site.configureHost("nas", null, ...options);
  const command = async (text: string) => {
    writeFileSync(script(), `#!/bin/sh\n${text}\n`);
    chmodSync(script(), 0o755);
    await configure("--drill-command", `${script()} 'two words'`, "--canary", hostPath("dump.sql"));
  };

  it("runs where the canaries lie under their own paths, closed to others, and its output is in the log", async () => {
    await command(`echo "$# $1"; cat .${hostPath("dump.sql")}; echo; stat -c %a ..; echo oops >&2`);
    const { run, result } = await drill(0, "--files", "0");
    expect(result).toMatchObject({ sampled: 0, canaries: 1, command: { exitCode: 0, timedOut: false } });
    const log = (await runTool("zcat", [site.pathOf("nas", "logs", `${run.id}.log.gz`)])).toString();
    for (const line of ["1 two words", "content of dump.sql", "700", "oops"])
      expect(log.split("\n")).toContain(line);
  });

  it("fails the drill when it fails, cannot be started, or does not end in time", async () => {
    await command("exit 7");
    const failed = await drill(1, "--files", "3");
    expect(failed).toMatchObject({
      run: { status: "failed", problem: { code: "drill_command_failed" } },
      result: { faults: 0, command: { exitCode: 7 } },
    });
    await configure("--drill-command", "/nowhere/at/all");
    expect((await drill(1)).run.problem?.code).toBe("drill_command_failed");
    await command("exec sleep 600");
    await configure("--drill-timeout", "1s");
    expect((await drill(1)).result?.command).toMatchObject({ exitCode: null, timedOut: true });
    expect(isTidy()).toBe(true);
    expect(
      (await site.pobsync.run("configure-host", "nas", "--drill-command", "/bin/true; reboot")).code,
    ).toBe(2);
    await configure("--drill-timeout", "1h", "--drill-command", "off");
  });

  it("leaves nothing behind when everything is killed: the next drill tidies up", async () => {
    await command(`echo here > ${join(site.world.dir, "began")}; exec sleep 600`);
    const running = site.pobsync.start("drill", "nas");
    await waitUntil(() => existsSync(join(site.world.dir, "began")), {
      what: "the command",
      deadlineMs: 20_000,
    });
    running.child.kill("SIGKILL");
    await running.kill();
    expect(isTidy()).toBe(false);
    await configure("--drill-command", "off");
    await drill(0, "--files", "5");
    expect(isTidy()).toBe(true);
  });

  it("leaves nothing behind when somebody interrupts it", async () => {
    rmSync(join(site.world.dir, "began"));
    await command(`echo here > ${join(site.world.dir, "began")}; exec sleep 600`);
    const running = site.pobsync.start("drill", "nas");
    await waitUntil(() => existsSync(join(site.world.dir, "began")), {
      what: "the command",
      deadlineMs: 20_000,
    });
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(isTidy()).toBe(true);
    await configure("--drill-command", "off", "--unset", "canaries");
  });
});

describe("what was found out", () => {
  it("is not lost when what was restored cannot be removed, and the log says that it is still there", async () => {
    const script = join(site.world.dir, "hide.sh");
    // The folder of drills becomes a link, which is not removed as a folder is.
    writeFileSync(script, "#!/bin/sh\ncd ../../.. && mv drill drill.away && ln -s drill.away drill\n");
    chmodSync(script, 0o755);
    await site.configureHost("nas", null, "--drill-command", script);
    const { run, result } = await drill(0, "--files", "5");
    expect(result).toMatchObject({ sampled: 5, faults: 0, command: { exitCode: 0 } });
    const log = (await runTool("zcat", [site.pathOf("nas", "logs", `${run.id}.log.gz`)])).toString();
    expect(log).toContain("What was restored could not be removed");
    for (const left of ["drill", "drill.away"]) rmSync(site.pathOf("nas", left), { recursive: true });
    await site.configureHost("nas", null, "--drill-command", "off");
  });
});

describe("a store that somebody or something has changed", () => {
  it("is found out file by file, in which way, and what to do", async () => {
    await damage(stored("rotten"), flipped(3));
    await damage(stored("cut"), cutTo(4));
    unlinkSync(stored("gone"));
    if (process.getuid?.() === 0) lchownSync(stored("owned"), 1234, 4321);
    chmodSync(stored("open"), 0o666);
    lutimesSync(stored("old"), 1, 1);
    const { atimeMs, mtimeMs } = (await import("node:fs")).lstatSync(stored("pointer"));
    unlinkSync(stored("pointer"));
    symlinkSync("elsewhere", stored("pointer"));
    lutimesSync(stored("pointer"), atimeMs / 1000, mtimeMs / 1000);
    const found = await drill(1, "--files", "100000");
    const isRoot = process.getuid?.() === 0;
    expect(faultsOf(found)).toMatchObject({
      ...{ rotten: "damaged", cut: "wrong-size", gone: "missing", open: "wrong-mode", old: "wrong-time" },
      ...(isRoot ? { owned: "wrong-owner" } : {}),
    });
    expect(found.result?.findings.map(({ path, fault }) => `${path} ${fault}`)).toContain(
      `${hostPath("pointer")} wrong-target`,
    );
    expect(found.run.problem).toMatchObject({ code: "drill_differs" });
    expect(found.run.problem?.hint).toContain(`pobsync versions nas:${hostPath("gone")}`);
    expect(isTidy()).toBe(true);
    const { stdout, stderr } = await site.pobsync.run("drill", "nas", "--files", "100000");
    expect(stdout).toMatch(/✗ nas: .* picked at random restored from .*, see below/);
    expect(stderr).toContain(`${hostPath("rotten")} has other content`);
    if (isRoot) expect(stderr).toMatch(/owned has another owner: 1234:4321 in place of \d+:\d+/);
  });

  it("is found out by a canary, whatever the sample says, also by one that was never backed up", async () => {
    await site.configureHost("nas", null, "--canary", hostPath("rotten"), "--canary", "/not/there");
    const found = await drill(1, "--files", "0");
    expect(found.result).toMatchObject({ canaries: 1, faults: 2 });
    expect(found.result?.findings).toEqual([
      { path: "/not/there", canary: true, fault: "not-in-snapshot", expected: null, found: null },
      expect.objectContaining({ path: hostPath("rotten"), canary: true, fault: "damaged" }),
    ]);
  });
});
