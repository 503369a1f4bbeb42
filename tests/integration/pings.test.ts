// Pings of hosts: a service of its own on this machine is told of every backup, and nothing that it does harms one.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { closedPort } from "../support/ports.ts";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";
import { waitUntil } from "../support/wait-until.ts";

const KEY = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
let site: BackupSite;
let receiver: HttpReceiver;
let source: string;
beforeAll(async () => {
  site = await makeSite();
  receiver = await httpReceiver();
  source = join(site.world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "letter"), "dear Ada\n");
});
afterAll(async () => {
  await receiver.close();
  await site.world.dispose();
});
afterEach(() => {
  receiver.got.length = 0;
  receiver.answer = (response) => response.end("OK");
});

/** A host that is this machine, with pings of its own. */
const addHost = (host: string, ...options: string[]) => {
  const ping = ["--ping-url", `${receiver.url}/${KEY}/${host}`, "--ping-allow-private"];
  return site.configureHost(host, null, "--source", source, ...ping, ...options);
};
/** What arrived of a host: each signal as the end of its path, with the id of the run. */
const arrived = (host: string) =>
  receiver.got.flatMap(({ path, text, method }) => {
    const { pathname, searchParams } = new URL(path, receiver.url);
    const [, key, of, signal = "success"] = pathname.split("/");
    return key === KEY && of === host ? [{ signal, rid: searchParams.get("rid"), text, method }] : [];
  });
const signals = (host: string) => arrived(host).map(({ signal }) => signal);
const failing = async () =>
  (await site.ok("--json", "status"))
    .json()
    .conditions.filter(
      ({ code, host }: { code: string; host: string }) => code === "ping_failing" && host === "laptop",
    );
const queue = async (host: string): Promise<number> =>
  (await site.ok("--json", "backup", host, "--queue")).json().run.id;
const runOf = async (id: number) => (await site.runs()).find((run) => run.id === id);

describe("the service of a host", () => {
  it("is told when a backup begins and when it has ended well, as one run", async () => {
    await addHost("laptop");
    const { run } = await site.backUp("laptop");
    const [begin, end] = arrived("laptop");
    expect(arrived("laptop")).toEqual([
      {
        ...{ signal: "start", method: "POST", rid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        text: `host: laptop\nrun: ${run.id}\nstatus: running\n`,
      },
      {
        ...{ signal: "success", method: "POST", rid: begin?.rid },
        text: `host: laptop\nrun: ${run.id}\nstatus: succeeded\n`,
      },
    ]);
    await site.backUp("laptop");
    expect(arrived("laptop").at(-1)?.rid).not.toBe(end?.rid);
  });

  it("takes a backup with warnings for a success, and a failed one for a failure with its code", async () => {
    await addHost("nas", "--post-hook", "/bin/false");
    expect(await site.pobsync.run("backup", "nas")).toMatchObject({ code: 3 });
    expect(arrived("nas").at(-1)).toMatchObject({
      ...{ signal: "success", text: expect.stringContaining("status: warning\nwarning: hook_failed\n") },
    });
    await addHost("nas", "--source", "/nowhere", "--unset", "postHook");
    expect(await site.pobsync.run("backup", "nas")).toMatchObject({ code: 1 });
    expect(arrived("nas").at(-1)).toMatchObject({
      ...{ signal: "fail", text: expect.stringContaining("status: failed\nproblem: source_missing\n") },
    });
  });

  it("is told nothing final of what is tried again, or was cancelled", async () => {
    const where = ["--address", "127.0.0.1", "--port", `${(await closedPort()).port}`];
    await site.ok("configure-host", "offline", ...where, "--source", "/etc");
    await site.ok(
      "configure-host",
      "offline",
      "--ping-url",
      `${receiver.url}/${KEY}/offline`,
      "--ping-allow-private",
    );
    await queue("offline");
    await site.ok("worker");
    expect(arrived("offline").at(-1)).toMatchObject({
      ...{
        signal: "log",
        text: expect.stringMatching(/problem: connection_refused\nIt is tried again\.\n$/),
      },
    });
    writeFileSync(join(site.world.hostDir, "large"), Buffer.alloc(4_000_000, 7));
    await addHost("slow", "--source", join(site.world.hostDir, "large"), "--bwlimit", "1M");
    const backup = site.pobsync.start("backup", "slow");
    await backup.waitForOutput(/Transferring/, 60_000);
    backup.child.kill("SIGINT");
    expect((await backup.ended).code).not.toBe(0);
    expect(signals("slow")).toEqual(["start", "log"]);
    expect(arrived("slow").at(-1)?.text).toContain("status: cancelled\n");
  });

  it("hears the end of a backup from whoever settles it, as the same run", async () => {
    await site.ok("cancel", String((await site.runs()).find(({ status }) => status === "queued")?.id));
    const id = await queue("slow");
    const worker = site.pobsync.start("worker");
    await waitUntil(async () => (await runOf(id))?.phase === "transferring", {
      what: "the transfer",
      deadlineMs: 60_000,
    });
    await worker.kill();
    await addHost("slow", "--source", source, "--bwlimit", "0");
    await site.ok("worker");
    const [begin, end] = arrived("slow");
    expect(end).toMatchObject({ signal: "log", rid: begin?.rid });
    expect(end?.text).toContain(`run: ${id}\nstatus: failed\nproblem: worker_lost\n`);
  });
});

describe("a service that fails", () => {
  it("is tried again for a moment, and what arrives then is no trouble", async () => {
    let asked = 0;
    receiver.answer = (response) => {
      asked += 1;
      response.writeHead(asked < 4 ? 503 : 200).end("busy");
    };
    await site.backUp("laptop");
    expect(signals("laptop")).toEqual(["start", "success", "success", "success"]);
    expect(await failing()).toEqual([]);
  });

  it("is said once, without the address, until a ping arrives again; the backup is as good", async () => {
    receiver.answer = (response, { path }) => response.writeHead(404).end(`no check at ${path}`);
    const backup = await site.pobsync.run("backup", "laptop");
    expect(backup).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Pings of laptop do not arrive"),
    });
    expect(signals("laptop")).toEqual(["start", "success"]);
    const [condition] = await failing();
    expect(condition).toMatchObject({
      ...{ host: "laptop", level: "warning", key: "ping_failing@laptop" },
      message: expect.stringMatching(
        /^Pings of laptop do not arrive at \S+\/\(hidden\): it answered 404: no check at/,
      ),
    });
    expect(JSON.stringify(condition) + backup.stderr).not.toContain(KEY);
    const { stdout } = await site.ok("status");
    expect(stdout).toContain(`! warning  ${condition.message}`);
    expect(stdout).toContain(`→ ${condition.hint}`);
    receiver.answer = (response) => response.end("OK");
    await site.backUp("laptop");
    expect(await failing()).toEqual([]);
  });

  it("is believed when it says that it does not know the check", async () => {
    receiver.answer = (response) => response.end("OK (not found)");
    await site.pobsync.run("backup", "laptop");
    expect(await failing()).toMatchObject([{ message: expect.stringContaining("does not know that check") }]);
  });

  it("and answers nothing at all holds up no other backup", async () => {
    receiver.answer = () => {};
    const ids = [await queue("laptop"), await queue("nas"), await queue("laptop")];
    await site.ok("configure-host", "nas", "--source", source);
    await site.ok("worker", "--parallel", "1");
    const runs = await Promise.all(ids.map(runOf));
    expect(runs.map((run) => run?.status)).toEqual(["succeeded", "succeeded", "succeeded"]);
    const times = runs.map((run) => [Date.parse(run?.startedAt ?? ""), Date.parse(run?.finishedAt ?? "")]);
    const first = Math.min(...times.flat());
    // A ping is tried for 22 seconds in vain, and each of the three has one.
    expect(Math.max(...times.flat()) - first).toBeLessThan(22_000);
  });

  it("of this server's own network gets nothing unless it may", async () => {
    await addHost("laptop", "--no-ping-allow-private");
    await site.pobsync.run("backup", "laptop");
    expect(arrived("laptop")).toEqual([]);
    expect(await failing()).toMatchObject([{ message: expect.stringContaining("--ping-allow-private") }]);
    await site.ok("configure-host", "laptop", "--ping-url", "off");
    expect(await failing()).toEqual([]);
    await site.backUp("laptop");
    expect(receiver.got).toEqual([]);
  });
});
