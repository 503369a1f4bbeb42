// What goes wrong is said where somebody looks: on the dashboard, on the host's page and on the run's, with what to do.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closedPort } from "../support/ports.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
let source: string;
beforeAll(async () => {
  at = await visit();
  source = join(at.site.world.hostDir, "var-www");
  mkdirSync(source);
  writeFileSync(join(source, "index.html"), "<h1>hello</h1>\n");
  await at.site.addHost("www", [source]);
  await at.site.backUp("www");
  rmSync(source, { recursive: true });
  const { address, port } = await closedPort();
  await at.site.ask("POST", "/api/hosts", { name: "nas", address, sshPort: port, sources: ["/srv"] });
  await Promise.all(["www", "nas"].map((host) => at.site.backUp(host)));
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

describe("a failure", () => {
  it("stands on the dashboard, host by host, with its cause, the next step and its run", async () => {
    const { page } = at;
    await at.goTo("/");
    await page
      .getByRole("status")
      .getByText(/2 of 2 hosts need attention: .*(nas|www) failed/)
      .waitFor();
    const region = page.getByRole("region", { name: "Needs a person" });
    await region.getByText(source).first().waitFor();
    await region
      .getByText(/nothing listens|refused/i)
      .first()
      .waitFor();
    await region.getByText(/pobsync configure-host www/).waitFor();
    await page.getByRole("img", { name: /^www, .*: failed$/ }).waitFor();
    await region.getByRole("link", { name: "See the run" }).first().click();
    await at.arrivesAt(/^\/runs\/\d+$/);
  });

  it("of a source that is missing is explained on the host's page, and on that of the run", async () => {
    const { page } = at;
    await at.goTo("/hosts/www");
    const alert = page.getByRole("alert").filter({ hasText: "The last backup failed" });
    await alert.getByText("source_missing").waitFor();
    await alert.getByText(source).first().waitFor();
    await page.getByRole("link", { name: "See the run" }).click();
    await at.arrivesAt(/^\/runs\/\d+$/);
    await page.getByRole("alert").getByText("source_missing").waitFor();
    await page
      .getByRole("alert")
      .getByText(/pobsync configure-host www/)
      .waitFor();
  });

  it("is tried again from its run, and well on the dashboard when its cause is mended, without a reload", async () => {
    const { page } = at;
    mkdirSync(source);
    writeFileSync(join(source, "index.html"), "<h1>hello again</h1>\n");
    await at.goTo("/hosts/www");
    await page.getByRole("link", { name: "See the run" }).click();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("succeeded").first().waitFor();
    await at.menu("Dashboard").click();
    await page.getByRole("status").getByText("1 of 2 hosts needs attention: nas failed.").waitFor();
  });

  it("of the connection is found by a look at the host, step by step", async () => {
    await at.goTo("/hosts/nas/connection");
    await at.page.getByRole("button", { name: "Check now" }).click();
    const steps = at.page.getByRole("list", { name: "Steps to nas" });
    await steps.getByLabel("failed").first().waitFor();
    await steps.getByText("connection_refused").waitFor();
    expect(await steps.getByLabel("not looked at").count()).toBeGreaterThan(0);
  });
});
