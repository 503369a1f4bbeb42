// A host of which most files are gone: its page asks, and a person answers with a reason.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit();
  const folder = join(at.site.world.hostDir, "many");
  mkdirSync(folder);
  for (let n = 0; n < 60; n += 1) writeFileSync(join(folder, `${n}`), `file ${n}`);
  writeFileSync(join(at.site.world.hostDir, "one"), "x");
  await at.site.addHost("mail", [at.site.world.hostDir], { keepLast: 3 });
  await at.site.backUp("mail");
  rmSync(folder, { recursive: true });
  await at.site.backUp("mail");
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const button = (name: RegExp) => at.page.getByRole("main").getByRole("button", { name });
const reason = () => at.page.getByLabel("What have you found out?");

describe("what looks odd on a host", () => {
  it("is shown to a viewer, who is asked nothing", async () => {
    await at.as("charlie");
    await at.goTo("/hosts/mail");
    await at.sees("Is this as it should be?");
    expect(await reason().count()).toBe(0);
    expect(await button(/^(Dismiss|Acknowledge)/).count()).toBe(0);
    await at.as("ada");
  });

  it("is acknowledged with a reason, which the page then shows; pruning stays held", async () => {
    await at.goTo("/hosts/mail");
    expect(await button(/^Acknowledge/).isDisabled()).toBe(true);
    await reason().fill("the disk is being repaired");
    await button(/^Acknowledge/).click();
    await at.sees(/ada has acknowledged it .*: the disk is being repaired/);
    await at.sees("Nothing is pruned for now");
  });

  it("is dismissed with a reason: pruning goes on, and the snapshot says what was said", async () => {
    await at.goTo("/hosts/mail");
    await reason().fill("it was moved away");
    await button(/^Dismiss/).click();
    await at.page.getByText("Is this as it should be?").waitFor({ state: "detached" });
    expect(await at.page.getByText("Nothing is pruned for now").count()).toBe(0);
    await at.goTo("/snapshots/mail/latest");
    await at.sees("dismissed by ada: it was moved away");
  });
});
