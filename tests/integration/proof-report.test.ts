// The proof line and the report: true to what happened, whole, and nothing but text, on paper as on the screen.
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostDetailShape, ProofListShape, ReportShape } from "../../src/contract/schemas.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { damage, flipped } from "../support/damage.ts";
import { runTool } from "../support/tool.ts";

let site: BackupSite;
const json = async (...args: string[]) => (await site.ok("--json", ...args)).json();
const proofOf = async (host: string) =>
  ProofListShape.parse(await json("proof")).items.find((one) => one.host === host);
const paper = () => join(site.world.dir, "report.pdf");
const printed = async () => (await runTool("pdftotext", ["-layout", paper(), "-"])).toString();

beforeAll(async () => {
  site = await makeSite();
  writeFileSync(join(site.world.hostDir, "file"), "content ".repeat(1000));
  await site.configureHost("nas", null, "--source", site.world.hostDir);
  await site.configureHost("never", null, "--source", site.world.hostDir);
});
afterAll(() => site.world.dispose());

describe("the proof line", () => {
  it("says that nothing is known before there is anything", async () => {
    expect(await proofOf("nas")).toMatchObject({
      ...{ lastSuccessAt: null, lastDrill: null, storedBytes: null, readShare: null },
      ...{ verifyWithinSeconds: null, drillEverySeconds: null },
    });
    expect((await site.ok("proof")).stdout).toMatch(/nas +never +never +on request +– +– /);
  });

  it("says when the last backup and drill went well, and how much was read again", async () => {
    await site.backUp("nas");
    await site.ok("drill", "nas");
    await site.ok("verify", "nas");
    const proof = await proofOf("nas");
    expect(proof).toMatchObject({
      lastDrill: { status: "succeeded", sampled: 1, faults: 0 },
      ...{ storedFiles: 1, storedBytes: 8000, readBytes: 8000, readShare: 1, damagedFiles: 0 },
    });
    expect((await site.ok("proof", "nas")).stdout).toMatch(
      /✓ succeeded .* ago \(run \d+\).* 7\.8 KiB +100 % /,
    );
    const detail = HostDetailShape.parse(await json("show-host", "nas"));
    expect(detail.proof).toEqual(proof);
    expect((await site.ok("show-host", "nas")).stdout).toContain(
      "100 % of 7.8 KiB read again within 90 days",
    );
    expect((await site.pobsync.run("proof", "nobody")).code).toBe(5);
  });

  it("says that a drill failed, and what is damaged", async () => {
    const { snapshot } = await site.backUp("nas");
    const file = join(site.pathOf("nas", "snapshots", snapshot.name, "data"), site.world.hostDir, "file");
    await damage(file, flipped(1));
    expect((await site.pobsync.run("drill", "nas")).code).toBe(1);
    expect((await site.pobsync.run("verify", "nas")).code).toBe(1);
    expect(await proofOf("nas")).toMatchObject({
      lastDrill: { status: "failed", faults: 1 },
      damagedFiles: 1,
    });
  });
});

describe("the report", () => {
  it("tells of hosts, failures and when it was well again, verification and drills", async () => {
    await site.ok("verify", "nas", "--older-than", "1d");
    const report = ReportShape.strict().parse(await json("report"));
    const section = (title: string) => report.sections.find((one) => one.title.startsWith(title));
    const rows = (title: string) => section(title)?.table?.rows.map((row) => row.join(" | "));
    expect(rows("Hosts")?.[0]).toMatch(/^nas \| \d{4}-.* \| failed \d{4}-.* \| 7\.8 KiB \| 100 % \| 1$/);
    expect(rows("Hosts")?.[1]).toBe("never | never | never | – | – | –");
    expect(section("Verification")?.text).toContain("1 stored file is damaged.");
    expect(rows("What failed")?.find((row) => row.includes("| verify |"))).toMatch(
      /^nas \| verify \| \d{4}-\S+ \S+ \| \d{4}-\S+ \S+ \| 1 \| 1 stored file is not what the host had\.$/,
    );
    expect(rows("What failed")?.find((row) => row.includes("| drill |"))).toContain("| not yet | 1 |");
    expect(section("Restore drills")?.text).toBe("2 drills, 1 passed and 1 did not.");
  });

  it("of a time in which nothing was done says so", async () => {
    const past = ["--from", "2020-01-01", "--to", "2020-01-31"];
    const text = (await site.ok("report", ...past)).stdout;
    expect(text).toContain("Nothing failed in this period.");
    expect(text).toContain("2020-01-01 00:00 to 2020-01-31 23:59 (UTC)");
    for (const bad of [["--from", "2099-01-01"], ["--to", "soon"], ["--output", "x.doc"], ["--overwrite"]])
      expect((await site.pobsync.run("report", ...bad)).code).toBe(2);
  });

  it("is one page of HTML with nothing from elsewhere, in which everything is text", async () => {
    const odd = join(site.world.dir, "Säkerhet Ждём <img src=x onerror=alert(1)> & 备份");
    renameSync(site.world.backupRoot, odd);
    await site.ok("configure-global", "--backup-root", odd);
    const file = join(site.world.dir, "report.html");
    await site.ok("report", "--output", file);
    const html = readFileSync(file, "utf8");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(html).toContain("Säkerhet Ждём &lt;img src=x onerror=alert(1)&gt; &amp; 备份");
    expect(html).not.toMatch(/<(script|img|link|iframe)|src="|href="|url\(/);
    expect((await site.pobsync.run("report", "--output", file)).code).toBe(2);
    await site.ok("report", "--output", file, "--overwrite");
  });

  it("prints the same, also letters of other alphabets; what the font does not have is not lost", async () => {
    const saved = await json("report", "--output", paper());
    expect(ReportShape.parse(saved)).toMatchObject({ file: paper(), bytes: statSync(paper()).size });
    const text = (await printed()).replace(/\s+/g, " ");
    for (const words of [
      ...["Backups: report and proof", "Säkerhet Ждём <img src=x onerror=alert(1)> & \\u{5907}\\u{4efd}"],
      ...["1 stored file is damaged.", "2 drills, 1 passed and 1 did not.", "Date and signature", "not yet"],
    ])
      expect(text).toContain(words);
    const facts = (await runTool("pdfinfo", [paper()])).toString();
    expect(facts).toMatch(/Title: +Backups: report and proof/);
    expect(facts).toMatch(/JavaScript: +no/);
    expect(statSync(paper()).size).toBeLessThan(200_000);
  });
});
