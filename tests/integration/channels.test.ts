// Channels from the command line and over the API: made, changed, tested, removed; and nothing secret ever comes out again.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireChannel } from "../../src/actions/configure-channel.ts";
import { testMessage } from "../../src/actions/notify-now.ts";
import { sendMessage } from "../../src/actions/send-message.ts";
import { markChannelBroken, markChannelWorking } from "../../src/store/channels.ts";
import { startConsole, type TestConsole } from "../support/console.ts";
import { type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";

const SECRET = "s3cr3t-tOken-4711";
let site: TestConsole;
let pobsync: Pobsync;
let receiver: HttpReceiver;
let tokenFile: string;
beforeAll(async () => {
  site = await startConsole();
  pobsync = pobsyncIn(site.world);
  receiver = await httpReceiver();
  tokenFile = join(site.world.dir, "token");
  writeFileSync(tokenFile, `${SECRET}\n`);
});
afterAll(async () => {
  await receiver.close();
  await site.close();
});

const json = async (...args: string[]) => (await pobsync.run("--json", ...args)).json();
const refused = async (...args: string[]) => {
  const result = await pobsync.run("--json", ...args);
  expect(result.code).toBe(2);
  expect(result.stdout + result.stderr).not.toContain(SECRET);
  return result.json().problem.message as string;
};

describe("a channel from the command line", () => {
  it("is made, tested, changed where something is named, and removed when that is confirmed", async () => {
    const where = ["--kind", "gotify", "--server", receiver.url, "--allow-private"];
    const made = await json(
      "configure-channel",
      "desk",
      ...where,
      "--token-file",
      tokenFile,
      "--host",
      "web*",
    );
    expect(made).toMatchObject({
      ...{
        name: "desk",
        kind: "gotify",
        enabled: true,
        target: receiver.url,
        secrets: ["token"],
        broken: null,
      },
      rules: { minSeverity: "warning", hosts: ["web*"], quiet: null, repeatSeconds: 86_400, digest: "off" },
      settings: { server: receiver.url, allowPrivate: true },
    });
    const test = await pobsync.run("notify", "--test", "desk");
    expect(test).toMatchObject({ code: 0, stdout: expect.stringContaining("desk has taken the message") });
    expect(receiver.got.at(-1)?.headers["x-gotify-key"]).toBe(SECRET);
    const own = await json("notify", "--channel", "desk", "--subject", "Noon", "--severity", "bad");
    expect(own.items).toEqual([{ channel: "desk", delivered: true, problem: null }]);
    expect(receiver.got.at(-1)?.json()).toMatchObject({ title: "Noon", priority: 8 });
    const quiet = [
      "--quiet-hours",
      "22:00-07:00",
      "--repeat",
      "off",
      "--digest",
      "daily",
      "--host",
      "",
      "--disable",
    ];
    expect(await json("configure-channel", "desk", ...quiet)).toMatchObject({
      ...{ enabled: false, secrets: ["token"] },
      rules: { hosts: [], quiet: { from: "22:00", to: "07:00" }, repeatSeconds: null, digest: "daily" },
    });
    expect(await refused("remove-channel", "desk")).toContain("would remove");
    expect((await pobsync.run("channels")).stdout).toContain("desk");
    expect((await pobsync.run("remove-channel", "desk", "--yes")).code).toBe(0);
    expect((await pobsync.run("notify", "--test")).code).toBe(5);
  });

  it("is refused with the reason, and a secret is never repeated", async () => {
    const make = (...args: string[]) => refused("configure-channel", "new", ...args);
    expect(await make()).toContain("needs a kind");
    expect(await make("--kind", "pigeon")).toContain("must be one of");
    expect(await make("--kind", "gotify", "--server", "https://a.example")).toContain("needs: Token");
    expect(await make("--kind", "gotify", "--server", `https://u:${SECRET}@a.example`)).toContain("password");
    expect(await make("--kind", "ntfy", "--topic", "a/b")).toContain("letters, digits");
    expect(await make("--kind", "ntfy", "--topic", "a", "--chat", "1")).toContain("is none of ntfy");
    expect(await make("--kind", "slack", "--url", `https://hooks.example/${SECRET}`)).toContain("secret");
    expect(await make("--kind", "webhook", "--url", "ftp://a.example")).toContain("https://");
    expect(await make("--kind", "ntfy", "--topic", "a", "--quiet-hours", "25:00-07:00")).toContain(
      "22:00-07:00",
    );
    expect(await make("--kind", "ntfy", "--topic", "a", "--repeat", "1m")).toContain("between");
    const code = (...codes: string[]) => codes.flatMap((one) => ["--code", one]);
    expect(await make("--kind", "ntfy", "--topic", "a", ...code("failing", "lates"))).toContain("late");
    expect(await make("--kind", "ntfy", "--topic", "a", ...code("host_unreachble"))).toContain(
      "host_unreachable",
    );
    expect(await make("--kind", "email", "--server", "a.example", "--from", "a@b\r\nBcc: c@d")).toContain(
      "control",
    );
    writeFileSync(`${tokenFile}.2`, "two words");
    const two = ["--kind", "gotify", "--server", "https://a.example", "--token-file", `${tokenFile}.2`];
    expect(await make(...two)).toContain("blanks");
    expect((await json("channels")).items).toEqual([]);
  });

  it("leads out of this server's network unless it may, and the refusal says how", async () => {
    await json("configure-channel", "hook", "--kind", "webhook", "--url", `${receiver.url}/in`);
    const count = receiver.got.length;
    const { code, stderr } = await pobsync.run("notify", "--test", "hook");
    expect({ code, count: receiver.got.length }).toEqual({ code: 1, count });
    expect(stderr).toContain("pobsync configure-channel hook --allow-private");
    await json("configure-channel", "hook", "--allow-private");
    expect((await pobsync.run("notify", "--test", "hook")).code).toBe(0);
  });

  it("gives a secret that it keeps to no other server", async () => {
    const where = ["--kind", "ntfy", "--topic", "t", "--server", receiver.url, "--allow-private"];
    await json("configure-channel", "phone", ...where, "--token-file", tokenFile);
    expect(await refused("configure-channel", "phone", "--server", "https://evil.example")).toContain(
      "token",
    );
    await json("configure-channel", "phone", "--server", "https://ntfy.example", "--token-file", tokenFile);
    await json("configure-channel", "phone", "--server", receiver.url, "--unset", "token");
  });
});

describe("a channel over the API", () => {
  const wish = () => ({
    ...{ name: "team", kind: "discord", rules: { minSeverity: "bad" } },
    settings: { url: `${receiver.url}/api/webhooks/1/${SECRET}`, allowPrivate: true },
  });

  it("is an admin's to change, an operator's to test, and a viewer's to see", async () => {
    expect((await site.request("operator", "POST", "/api/channels", wish())).status).toBe(403);
    const made = await site.request("admin", "POST", "/api/channels", wish());
    expect(made).toMatchObject({
      status: 201,
      body: { name: "team", target: receiver.url, secrets: ["url"] },
    });
    expect((await site.request("admin", "POST", "/api/channels", wish())).body).toMatchObject({
      code: "bad_input",
    });
    expect((await site.request("viewer", "POST", "/api/channels/team/test", {})).status).toBe(403);
    const test = await site.request("operator", "POST", "/api/channels/team/test", {});
    expect(test).toMatchObject({ status: 200, body: { delivered: true, problem: null } });
    receiver.answer = (response) => response.writeHead(404).end('{"message": "Unknown Webhook"}');
    const failed = await site.request("operator", "POST", "/api/channels/team/test", {});
    expect(failed.body.problem).toMatchObject({
      ...{ code: "channel_refused", message: expect.stringContaining("Unknown Webhook") },
    });
    receiver.answer = (response) => response.end("{}");
    const changed = await site.request("admin", "PATCH", "/api/channels/team", { rules: { hosts: ["db*"] } });
    expect(changed.body.rules).toMatchObject({ minSeverity: "bad", hosts: ["db*"] });
    const { items } = (await site.request("viewer", "GET", "/api/channels")).body;
    expect(items.map(({ name }: { name: string }) => name)).toContain("team");
    const forms = (await site.request("viewer", "GET", "/api/channels/forms")).body.items;
    expect(forms).toHaveLength(9);
    const gone = { confirm: "tea" };
    expect((await site.request("admin", "DELETE", "/api/channels/team", gone)).status).toBe(409);
  });

  it("shows its state, which each change of it is told once", async () => {
    const { db } = site.app;
    const { id } = await requireChannel(site.app, "team");
    const since = new Date("2026-11-29T10:00:00Z");
    expect(await markChannelBroken(db, id, { since, why: "no such webhook" })).toBe(true);
    expect(await markChannelBroken(db, id, { since: new Date(), why: "again" })).toBe(false);
    const { items } = (await site.request("viewer", "GET", "/api/channels")).body;
    expect(items.find(({ name }: { name: string }) => name === "team").broken).toEqual({
      ...{ since: since.toISOString(), why: "no such webhook" },
    });
    await site.request("operator", "POST", "/api/channels/team/test", {});
    expect((await requireChannel(site.app, "team")).broken).toBeNull();
    expect(await markChannelWorking(db, id)).toBe(false);
  });

  it("lets no secret out: not of the database, a dump, the audit, the tables or an answer", async () => {
    const dump = join(site.world.dir, "dump");
    expect((await pobsync.run("dumpdata", "--output", dump)).code).toBe(0);
    const told = [
      readFileSync(dump, "utf8"),
      (await pobsync.run("--json", "audit", "--limit", "1000")).stdout,
      (await pobsync.run("--json", "channels")).stdout,
      (await pobsync.run("channels")).stdout,
    ];
    for (const path of ["/api/channels", "/api/audit", "/api/admin/tables/notification_channels"])
      told.push(JSON.stringify((await site.request("admin", "GET", path)).body));
    for (const text of told) {
      expect(text).toContain("team");
      expect(text).not.toContain(SECRET);
    }
    expect(told[1]).toContain("channel.created");
    expect(site.logged).toEqual([]);
  });

  it("says so when its secrets cannot be opened, and takes them anew", async () => {
    const app = { ...site.app, secretKeyFile: join(site.world.dir, "other.key") };
    const sending = sendMessage(app, await requireChannel(app, "team"), testMessage("team"));
    await expect(sending).rejects.toMatchObject({ code: "channel_sealed", mayRetry: false });
    const removed = await site.request("admin", "DELETE", "/api/channels/team", { confirm: "team" });
    expect(removed.body).toEqual({ name: "team", removed: true });
  });
});
