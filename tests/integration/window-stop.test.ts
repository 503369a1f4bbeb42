// A window that closes while a backup is under way: with --window-stop it ends, keeps what it has, and waits for the next one.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { App } from "../../src/actions/app.ts";
import { hostContext } from "../../src/actions/host-context.ts";
import { windowEnd } from "../../src/actions/window-end.ts";
import { makeWorkSite, type WorkSite } from "../support/work-site.ts";

let site: WorkSite;
beforeAll(async () => {
  site = await makeWorkSite();
});
afterAll(() => site.dispose());

it("ends what waited for the window when it closes, and lets a person's own go on", async () => {
  await site.addHost("laptop", 1, "fast");
  await site.ok("configure-host", "laptop", "--window", "20:00-22:00", "--window-stop");
  let now = new Date("2026-11-30T21:59:59Z");
  const app = { node: "main", db: site.db, clock: () => now } as App;
  const context = await hostContext(app, "laptop");
  const run = {
    ...(await site.run(await site.queue("laptop"))),
    startedAt: new Date("2026-11-30T20:30:00Z"),
  };
  const [scheduled, manual] = [
    windowEnd(app, context, { ...run, trigger: "scheduled", byHand: false }),
    windowEnd(app, context, run),
  ];
  expect(scheduled.over.aborted).toBe(false);
  now = new Date("2026-11-30T22:00:00Z");
  await new Promise((resolve) => scheduled.over.addEventListener("abort", resolve, { once: true }));
  expect(scheduled.over.reason).toMatchObject({
    code: "interrupted",
    message: expect.stringContaining("laptop"),
  });
  expect(manual.over.aborted).toBe(false);
  manual.release();
  scheduled.release();
});

it("is taken off by --no-window and --no-window-stop, and inherited again by --unset", async () => {
  await site.ok("configure-global", "--window", "mon-fri 20:00-06:00", "--bwlimit-at", "08:00-18:00=2M");
  const windows = async () => {
    const { json } = await site.pobsync.run("--json", "show-host", "laptop");
    return (json() as { effective: Record<string, unknown> }).effective.windows;
  };
  expect(await windows()).toEqual([{ value: "20:00-22:00", origin: "host" }]);
  await site.ok("configure-host", "laptop", "--no-window", "--no-window-stop");
  expect(await windows()).toEqual([]);
  await site.ok("configure-host", "laptop", "--unset", "windows");
  expect(await windows()).toEqual([{ value: "mon-fri 20:00-06:00", origin: "global" }]);
  const refused = await site.pobsync.run(
    "configure-host",
    "laptop",
    "--window",
    "mon 20:00-06:00",
    "--window",
    "tue 05:00-07:00",
  );
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("overlaps") });
});
