// Several streams, and what goes wrong: a host that takes one session, a stream that fails, an attempt that dies in the middle.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { outcomeOf } from "../support/ssh-site.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";

const MEBIBYTE = 1024 * 1024;
const random = seededRandom(9);

let site: BackupSite;
let sshd: TestSshd;
let host = "";
let source = "";
let hosts = 0;

beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

beforeEach(() => {
  host = `host-${++hosts}`;
  source = join(site.world.hostDir, host);
});

/** Files in folders of their own. */
function plant(folders: number, bytes: number, nameOf = (_: number) => "data"): void {
  for (let n = 0; n < folders; n += 1) {
    mkdirSync(join(source, `${n}`), { recursive: true });
    writeFileSync(join(source, `${n}/${nameOf(n)}`), randomBytes(random, bytes));
  }
}

const configure = (through: TestSshd, ...options: string[]): Promise<void> =>
  site.configureHost(host, through, "--source", source, ...options);

async function expectFaithful(dataPath: string): Promise<void> {
  expect(compareTrees(await treeFacts(source), await treeFacts(join(dataPath, source)))).toEqual([]);
}

const logIn = (folder: string): string =>
  gunzipSync(readFileSync(join(folder, "rsync.log.gz"))).toString("latin1");

/** Has each command of the host go through this script, which finds it in $SSH_ORIGINAL_COMMAND. */
async function forced(lines: readonly string[], work: () => Promise<void>): Promise<void> {
  const script = join(site.world.dir, `${host}-forced`);
  writeFileSync(script, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
  sshd.setForcedCommand(script);
  try {
    await work();
  } finally {
    sshd.setForcedCommand(null);
  }
}

describe("a host whose sshd takes one session a connection", () => {
  it("has as many streams as any other, as each has a connection of its own", async () => {
    const narrow = await startSshd({ maxSessions: 1 });
    try {
      plant(6, MEBIBYTE);
      await configure(narrow, "--streams", "3");
      const { run, snapshot } = await site.backUp(host);
      expect(run).toMatchObject({ status: "succeeded", warnings: [] });
      expect(logIn(snapshot.path)).toContain("comes in 3 streams");
      await expectFaithful(snapshot.dataPath);
      // The contact that pins the key is one that ssh-keyscan makes, without signing in.
      expect(narrow.log().match(/Accepted publickey for/g)).toHaveLength(3);
    } finally {
      await narrow.stop();
    }
  });
});

describe("a host that lets nobody in twice, as rrsync does", () => {
  it("is backed up in one stream, and the log says why", async () => {
    plant(6, MEBIBYTE);
    await configure(sshd, "--streams", "3", "--bwlimit", "3M");
    const lock = join(site.world.dir, `${host}-lock`);
    const refuse = "echo 'Another instance of rrsync is already accessing this directory.' >&2; exit 1";
    await forced(
      [`exec 9>"${lock}"`, `flock -n 9 || { ${refuse}; }`, 'eval "$SSH_ORIGINAL_COMMAND"'],
      async () => {
        for (let round = 0; round < 2; round += 1) {
          const { run, snapshot } = await site.backUp(host);
          expect(run).toMatchObject({ status: "succeeded", warnings: [] });
          expect(logIn(snapshot.path)).toContain("lets no more in at once: what was left came in 1 ");
          await expectFaithful(snapshot.dataPath);
          plant(3, MEBIBYTE);
        }
      },
    );
  });
});

describe("a stream that fails", () => {
  it("ends the backup with its reason, and what had come is used by the next one", async () => {
    plant(6, MEBIBYTE);
    await configure(sshd, "--streams", "3", "--bwlimit", "1500k");
    const first = join(site.world.dir, `${host}-second-stream`);
    // One of the three breaks in the middle. The probe says the same, without a limit.
    const breaking = `(sleep 1; kill -KILL $$) >/dev/null 2>&1 </dev/null &`;
    const lines = [
      'case "$SSH_ORIGINAL_COMMAND" in',
      `*bwlimit*no-implied-dirs* | *no-implied-dirs*bwlimit*) if mkdir ${first} 2>/dev/null; then ${breaking} fi;;`,
      "esac",
      'eval "exec $SSH_ORIGINAL_COMMAND"',
    ];
    await forced(lines, async () => {
      const outcome = outcomeOf(await site.pobsync.run("--json", "backup", host));
      expect(outcome).toMatchObject({ status: "failed", problem: { code: "connection_lost" } });
      expect(site.onDisk(host, "snapshots")).toEqual([]);
    });
    await configure(sshd, "--bwlimit", "0");
    const { snapshot } = await site.backUp(host);
    await expectFaithful(snapshot.dataPath);
    expect(readdirSync(snapshot.path).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
  });
});

describe.each(["SIGKILL", "SIGTERM"] as const)(
  "an attempt that %s ended while three streams were under way",
  (signal) => {
    const BIG = 12 * MEBIBYTE;
    const ENOUGH = 4 * MEBIBYTE;

    it("leaves halves of three files, and just their rests are sent", async () => {
      // Where they were left beside their files, nobody knows which of two halves of one name belongs to which stream.
      const isKilled = signal === "SIGKILL";
      plant(3, BIG, (n) => (isKilled ? `data-${n}` : "data"));
      await configure(sshd, "--streams", "3", "--bwlimit", "9M");
      const backup = site.pobsync.start("backup", host);
      const halves = (): number[] => {
        const [attempt] = site.onDisk(host, "incomplete");
        const tree = join(site.pathOf(host, "incomplete"), attempt ?? "", "received/tree", source);
        return ["0", "1", "2"].map((name) => {
          const folder = join(tree, name);
          const half = existsSync(folder)
            ? readdirSync(folder).find((one) => one.startsWith(".data"))
            : undefined;
          return half === undefined
            ? 0
            : (statSync(join(folder, half), { throwIfNoEntry: false })?.size ?? 0);
        });
      };
      await waitUntil(() => halves().every((bytes) => bytes >= ENOUGH), {
        what: "a third of three files",
        everyMs: 2,
      });
      backup.child.kill(signal);
      await backup.ended;
      const left = halves();
      const { run, snapshot } = await site.backUp(host);
      await expectFaithful(snapshot.dataPath);
      expect(run.stats?.receivedBytes, `halves of ${left.join(", ")} bytes were left`).toBeLessThan(
        3 * (BIG - ENOUGH) + 2 * MEBIBYTE,
      );
      expect(site.onDisk(host, "incomplete")).toEqual([]);
    });
  },
);
