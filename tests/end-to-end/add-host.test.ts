// A machine is added over ssh, and its first backup is watched.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
let sshd: TestSshd;
let source: string;
beforeAll(async () => {
  [at, sshd] = await Promise.all([visit(), startSshd()]);
  source = join(at.site.world.hostDir, "srv");
  mkdirSync(source);
  writeFileSync(join(source, "letter.txt"), "Dear Ada,\n");
  // Until the gate is there, the backup goes on running: nobody has to be quick to see it.
  const hook = join(at.site.world.hostDir, "wait-for-gate");
  writeFileSync(hook, `#!/bin/sh\nuntil [ -e ${gate()} ]; do sleep 0.05; done\n`, { mode: 0o755 });
  await at.site.ask("PATCH", "/api/settings", { identityFile: sshd.identityFile, preHook: hook });
});
afterEach((test) => at.check(test));
afterAll(async () => {
  await at.close();
  await sshd.stop();
});

const gate = (): string => join(at.site.world.hostDir, "gate");
const button = (name: string | RegExp) => at.page.getByRole("button", { name });

describe("a machine with sshd", () => {
  it("is added in three steps: what it is, whether it can be reached step by step, and its first backup", async () => {
    const { page } = at;
    await at.goTo("/hosts");
    await page.getByRole("link", { name: "Add a host" }).click();
    await page.getByRole("heading", { level: 1, name: "Add a host" }).waitFor();
    await page.getByLabel("Name").fill("web1");
    await page.getByLabel("Address").fill(sshd.address);
    await page.getByLabel("User", { exact: true }).fill(sshd.user);
    await page.getByLabel("Port").fill(`${sshd.port}`);
    await page.getByLabel("What to back up").fill(source);
    await at.sees(`pobsync configure-host web1 --address ${sshd.address}`);
    await button("Add it").click();
    // The line to paste on the host is that of the key which is used.
    const key = readFileSync(`${sshd.identityFile}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" ");
    await at.sees(key);
    await button("Check now").click();
    const steps = page.getByRole("list", { name: "Steps to web1" }).getByRole("listitem");
    await steps.first().waitFor();
    expect(await steps.count()).toBeGreaterThan(3);
    expect(await steps.getByLabel("failed").count()).toBe(0);
    await at.sees(sshd.hostKeyFingerprint);
    await button("Go on").click();
    await page.getByRole("button", { name: "Back up now: web1" }).click();
    await at.arrivesAt(/^\/runs\/\d+$/);
  });

  it("is seen being backed up, with its log, until it has succeeded, without a reload", async () => {
    const { page } = at;
    await page.evaluate("window.stillHere = true");
    const progress = page.getByRole("progressbar", { name: /Running the hook before: run \d+ of web1/ });
    await progress.waitFor();
    await button(/^Cancel run/).waitFor();
    writeFileSync(gate(), "");
    await page.getByText("succeeded").first().waitFor();
    await page.getByRole("log").getByText("transferring").waitFor();
    await progress.waitFor({ state: "detached" });
    // What it made is there to be gone to.
    await page.getByRole("table", { name: "Details of the run" }).getByRole("link").first().click();
    await page.getByRole("heading", { level: 1, name: /^web1, / }).waitFor();
    expect(await page.evaluate("window.stillHere")).toBe(true);
  });

  it("is well on the dashboard and in the list of hosts from then on", async () => {
    await at.goTo("/");
    await at.page.getByRole("status").getByText("The only host is well.").waitFor();
    await at.goTo("/hosts");
    const row = at.page.getByRole("row", { name: /web1/ });
    await row.getByText("fresh").waitFor();
    await row.getByText("succeeded").waitFor();
  });
});
