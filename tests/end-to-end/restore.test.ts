// Getting files back: looked at first, then done, and nothing overwritten by a slip of the hand.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
let documents: string;
let folder: string;
beforeAll(async () => {
  at = await visit();
  documents = join(at.site.world.hostDir, "documents");
  folder = join(at.site.world.dir, "restored");
  mkdirSync(join(documents, "taxes"), { recursive: true });
  writeFileSync(join(documents, "taxes", "2026.txt"), "paid\n");
  writeFileSync(join(documents, "will.txt"), "all to the cat\n");
  await at.site.addHost("laptop", [documents]);
  await at.site.backUp("laptop");
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const button = (name: string) => at.page.getByRole("button", { name, exact: true });

describe("a restore", () => {
  it("to a new folder is shown first, and then there are the files", async () => {
    const { page } = at;
    await at.goTo(`/hosts/laptop/files?path=${encodeURIComponent(documents)}`);
    await page.getByRole("link", { name: "Restore this folder …" }).click();
    expect(await page.getByRole("textbox", { name: "What" }).inputValue()).toBe(documents);
    await button("Go on").click();
    await page.getByRole("textbox", { name: "Folder" }).fill(folder);
    await at.sees(
      new RegExp(`^pobsync restore laptop:${documents} --snapshot \\S+ --to ${folder} --dry-run$`),
    );
    await button("Show what it would do").click();
    await at.sees("would be created");
    await at.sees("taxes/2026.txt");
    expect(existsSync(folder)).toBe(false);
    await button("Restore").click();
    await at.arrivesAt(/^\/runs\/\d+$/);
    await page.getByText("succeeded").first().waitFor();
    await page.getByRole("table", { name: "What was restored" }).getByText(folder).first().waitFor();
    expect(readFileSync(join(folder, "documents", "taxes", "2026.txt"), "utf8")).toBe("paid\n");
  });

  it("in place says what it would overwrite, and does it only when the host's name was typed", async () => {
    const { page } = at;
    writeFileSync(join(documents, "will.txt"), "all to the dog, and nothing to the cat\n");
    await at.goTo(`/hosts/laptop/restore?path=${encodeURIComponent(join(documents, "will.txt"))}`);
    await button("Go on").click();
    await page.getByLabel("Where it was on laptop").check();
    await button("Show what it would do").click();
    await page.getByText("Something that exists would change").waitFor();
    await at.sees("will.txt");
    expect(await button("Restore").isDisabled()).toBe(true);
    await page.getByLabel("Type laptop to confirm").fill("lapto");
    expect(await button("Restore").isDisabled()).toBe(true);
    expect(readFileSync(join(documents, "will.txt"), "utf8")).toContain("dog");
    await page.getByLabel("Type laptop to confirm").fill("laptop");
    await button("Restore").click();
    await at.arrivesAt(/^\/runs\/\d+$/);
    await page.getByText("succeeded").first().waitFor();
    expect(readFileSync(join(documents, "will.txt"), "utf8")).toBe("all to the cat\n");
  });
});
