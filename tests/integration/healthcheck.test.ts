// Whether parts of pobsync are alive, asked for by what supervises them.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { freePort } from "../support/ports.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorld } from "../support/world.ts";

let site: BackupSite;
beforeAll(async () => {
  site = await makeSite();
});
afterAll(() => site.world.dispose());

const check = (...args: string[]) => site.pobsync.run("healthcheck", ...args);

describe("a health check", () => {
  it("passes while all parts live, and names each that has ended", async () => {
    const port = ["--port", `${await freePort()}`];
    const up = site.pobsync.start("up", "--host", "0.0.0.0", ...port);
    await up.waitForOutput(/The console is at http:\/\/localhost:\d+\//);
    const isWell = async () => (await check("web", "scheduler", "worker", ...port)).code === 0;
    await waitUntil(isWell, { what: "all parts to be alive", deadlineMs: 10_000 });
    up.child.kill("SIGTERM");
    await up.ended;
    const { code, stdout, stderr } = await check("web", "scheduler", "worker", ...port);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "✗ web\n✗ scheduler\n✗ worker\n" });
    expect(stderr).toMatch(/The console at http:\/\/127\.0\.0\.1:\d+\/healthz does not answer\./);
    expect(stderr).toMatch(/No scheduler on \S+ has said lately that it lives\./);
    expect(stderr).toMatch(/No worker on \S+ has said lately/);
  });

  it("waits for what is coming up, and gives up on what is not", async () => {
    const port = ["--port", `${await freePort()}`];
    const waiting = check("web", "scheduler", "worker", ...port, "--wait", "1m");
    const up = site.pobsync.start("up", ...port);
    expect(await waiting).toMatchObject({
      code: 0,
      stdout: "✓ web: alive\n✓ scheduler: alive\n✓ worker: alive\n",
    });
    up.child.kill("SIGTERM");
    await up.ended;
    expect(await check("worker", "--wait", "1s")).toMatchObject({ code: 1, stdout: "✗ worker\n" });
    expect(await check("worker", "--wait", "soon")).toMatchObject({ code: 2 });
  });

  it("waits for a database that is still being made, and names it when the time is over", async () => {
    const world = makeWorld();
    try {
      const bare = pobsyncIn(world);
      expect(await bare.run("healthcheck", "worker", "--wait", "1s")).toMatchObject({
        code: 6,
        stderr: expect.stringMatching(/pobsync migrate/),
      });
      const waiting = bare.run("healthcheck", "scheduler", "worker", "--wait", "1m");
      await bare.run("migrate");
      await bare.run("configure-global", "--backup-root", world.backupRoot);
      const up = bare.start("up", "--port", `${await freePort()}`);
      expect(await waiting).toMatchObject({ code: 0 });
      up.child.kill("SIGTERM");
      await up.ended;
    } finally {
      await world.dispose();
    }
  });

  it("does not take another machine's worker for ours", async () => {
    const db = await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "");
    const other = { role: "worker", parallel: 1, processIdentity: "elsewhere" };
    await db.sql
      .insertInto("workers")
      .values({ ...other, workerId: "elsewhere:1:aa", startedAt: new Date(), seenAt: db.dialect.now })
      .execute();
    await db.close();
    expect(await check("worker")).toMatchObject({ code: 1 });
  });

  it("fails for a console that answers without its database", async () => {
    const server = createServer((_, answer) => answer.writeHead(503).end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await check("web", "--host", "0.0.0.0", "--port", `${port}`);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/answers with 503/) });
    server.close();
  });

  it("refuses what is no part", async () => {
    expect(await check("database")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none of web, worker, scheduler/),
    });
  });
});
