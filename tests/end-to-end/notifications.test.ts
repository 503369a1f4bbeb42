// Channels in the console: added, tested with the answer shown, changed without showing what is secret, removed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";
import { type Visit, visit } from "../support/visit.ts";

const SECRET = "s3cr3t-tOken-4711";
let at: Visit;
let receiver: HttpReceiver;
beforeAll(async () => {
  receiver = await httpReceiver();
  at = await visit();
});
afterEach((test) => at.check(test));
afterAll(async () => {
  await at.close();
  await receiver.close();
});

const button = (name: string) => at.page.getByRole("button", { name, exact: true });

describe("a channel", () => {
  it("is added, shows what a test came to, keeps its secret, and is removed", async () => {
    const { page } = at;
    await at.goTo("/settings?tab=notifications");
    await page.getByText("Nobody is told of anything yet").waitFor();
    await button("Add a channel").click();
    const form = page.getByRole("dialog", { name: "Add a channel" });
    await form.getByRole("textbox", { name: "Name", exact: true }).fill("desk");
    await at.choose("Kind", "gotify", form);
    await form.getByRole("textbox", { name: "Server", exact: true }).fill(receiver.url);
    await form.getByLabel(/^Token/).fill(SECRET);
    await form.getByRole("textbox", { name: "Only hosts with these tags" }).fill("production, web");
    await form.getByRole("textbox", { name: "Only these conditions" }).fill("late failin");
    await at.choose("Tell again of what nobody has acknowledged", "every week", form);
    await button("Save").click();
    await form.getByText("failing").first().waitFor();
    await form.getByRole("textbox", { name: "Only these conditions" }).fill("late failing");
    await button("Save").click();
    const row = page.getByRole("table", { name: "Channels" }).getByRole("row", { name: "desk" });
    await row.getByText("works").waitFor();
    await button("Send a test").click();
    await page.getByRole("dialog").getByText("of this server's own network").waitFor();
    await page.keyboard.press("Escape");
    await button("Change desk").click();
    const change = page.getByRole("dialog", { name: "Change desk" });
    await change.getByText("There is one: leave it empty to keep it.").waitFor();
    const shown = (name: string) => change.getByRole("textbox", { name }).inputValue();
    expect(await shown("Only hosts with these tags")).toBe("production web");
    expect(await shown("Only these conditions")).toBe("late failing");
    const again = change.getByRole("combobox", { name: "Tell again of what nobody has acknowledged" });
    expect(await again.inputValue()).toBe("every week");
    expect(await change.innerHTML()).not.toContain(SECRET);
    await change.getByRole("switch", { name: "Allow this server's own network" }).check();
    await button("Save").click();
    await change.waitFor({ state: "detached" });
    await button("Send a test").click();
    await page.getByText("The service has taken the message").waitFor();
    expect(receiver.got.at(-1)?.headers["x-gotify-key"]).toBe(SECRET);
    await page.keyboard.press("Escape");
    await button("Remove desk").click();
    await page.getByRole("dialog").getByRole("textbox").fill("desk");
    await button("Remove it").click();
    await page.getByText("Nobody is told of anything yet").waitFor();
  });
});
