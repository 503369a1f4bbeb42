// Looking into snapshots: folders, names that would like to be markup, versions, and downloads.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { unpackTar } from "../support/archives.ts";
import { type Visit, visit } from "../support/visit.ts";

/** One name with everything that some page has stumbled over. */
const HOSTILE = `a "quoted" <script>alert(1)<\\script>\n& 'b'.txt`;
/** As pages and commands write it. */
const SHOWN = `a "quoted" <script>alert(1)<\\\\script>\\n& 'b'.txt`;

let at: Visit;
let home: string;
beforeAll(async () => {
  at = await visit();
  home = join(at.site.world.hostDir, "home");
  mkdirSync(join(home, "letters", "old"), { recursive: true });
  writeFileSync(join(home, "letters", HOSTILE), "it is only a name\n");
  writeFileSync(join(home, "letters", "old", "bytes"), Buffer.from([0, 255, 10, 13, 128]));
  writeFileSync(join(home, "diary.txt"), "Monday\n");
  await at.site.addHost("laptop", [home]);
  await at.site.backUp("laptop");
  writeFileSync(join(home, "diary.txt"), "Monday\nTuesday\n");
  await at.site.backUp("laptop");
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const folder = (name: string) => at.page.getByRole("option").getByText(`${name}/`, { exact: true });
const entry = (name: string) => at.page.getByRole("option").filter({ hasText: name });

async function download(link: Locator): Promise<Buffer> {
  const [file] = await Promise.all([at.page.waitForEvent("download"), link.click()]);
  return readFile(await file.path());
}

describe("the browser of snapshots", () => {
  it("is walked through folder by folder, and back with the browser's own button", async () => {
    await at.goTo("/hosts/laptop");
    await at.page.getByRole("link", { name: "Browse files" }).click();
    for (const name of home.split("/").slice(1)) await folder(name).click();
    await folder("letters").click();
    await folder("old").waitFor();
    await at.page.getByRole("listbox", { name: `What lies in ${home}/letters` }).waitFor();
    await at.page.getByRole("navigation", { name: "Path" }).getByText("home", { exact: true }).click();
    await entry("diary.txt").waitFor();
    await at.page.goBack();
    await folder("old").waitFor();
  });

  it("shows a name of quotes, line breaks and markup as text, and gives that very file", async () => {
    await at.goTo(`/hosts/laptop/files?path=${encodeURIComponent(join(home, "letters"))}`);
    await entry("quoted").click();
    await at.page.getByRole("heading", { name: SHOWN }).waitFor();
    expect(await at.page.locator("main script").count()).toBe(0);
    const content = await download(at.page.getByRole("link", { name: "Download", exact: true }));
    expect(content.toString()).toBe("it is only a name\n");
  });

  it("has all versions of a file, each to be seen and downloaded as it was", async () => {
    await at.goTo(`/hosts/laptop/files?path=${encodeURIComponent(home)}`);
    await entry("diary.txt").click();
    await at.page.getByRole("heading", { name: "2 versions" }).waitFor();
    const links = at.page.getByRole("link", { name: /^Download the version of/ });
    expect((await download(links.first())).toString()).toBe("Monday\nTuesday\n");
    expect((await download(links.last())).toString()).toBe("Monday\n");
  });

  it("gives a folder as a tar that unpacks to the same bytes", async () => {
    await at.goTo(`/hosts/laptop/files?path=${encodeURIComponent(join(home, "letters"))}`);
    const archive = await download(at.page.getByRole("link", { name: "Folder as tar" }));
    const unpacked = join(at.site.world.dir, "unpacked");
    await unpackTar(archive, unpacked);
    const bytes = readFileSync(join(unpacked, "letters", "old", "bytes"));
    expect([...bytes]).toEqual([0, 255, 10, 13, 128]);
    expect(readFileSync(join(unpacked, "letters", HOSTILE), "utf8")).toBe("it is only a name\n");
  });

  it("finds a file by a part of its name, and leads to where it lies", async () => {
    await at.goTo("/find");
    await at.page.getByLabel("Name").fill("diary");
    await at.page.keyboard.press("Enter");
    await at.page
      .getByRole("table", { name: "Found" })
      .getByRole("link", { name: /diary\.txt/ })
      .click();
    await entry("diary.txt").waitFor();
  });

  it("tells what is other between two snapshots", async () => {
    await at.goTo(`/hosts/laptop/files?path=${encodeURIComponent(home)}`);
    await at.page.getByRole("link", { name: /^Compare/ }).click();
    await at.page.getByRole("table", { name: "Differences" }).getByText("diary.txt").waitFor();
  });
});
