// By what it is proved over the API that what is stored can be restored, and the report for whoever signs for it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";

let site: ConsoleHosts;
beforeAll(async () => {
  site = await startConsoleHosts("2026-11-23T09:00:00Z");
  await site.addLocal("nas");
  await site.addLocal("web1", { tags: ["web"] });
  await site.backUp("nas", "2026-11-22T02:00:00Z");
  site.setClock("2026-11-22T03:00:00Z");
  const drill = await site.request("operator", "POST", "/api/runs", { kind: "drill", host: "nas" });
  expect(drill.status).toBe(202);
  await site.workOff();
  site.setClock("2026-11-23T09:00:00Z");
});
afterAll(() => site.close());

const report = async (query: string) => {
  const answer = await site.fetch("viewer", `/api/report${query}`);
  return { answer, bytes: Buffer.from(await answer.arrayBuffer()) };
};

describe("the proof", () => {
  it("has a line for each host: its last success, its last drill, and that one was never tried", async () => {
    const { items } = await site.see("/api/proof");
    expect(items.map(({ host }: { host: string }) => host)).toEqual(["nas", "web1"]);
    expect(items[0]).toMatchObject({
      lastSuccessAt: "2026-11-22T02:00:00.000Z",
      lastDrill: { status: "succeeded", faults: 0, at: "2026-11-22T03:00:00.000Z" },
      storedFiles: 1,
    });
    expect(items[1]).toMatchObject({ lastSuccessAt: null, lastDrill: null });
    expect(await site.see("/api/hosts/nas/proof")).toEqual(items[0]);
    expect((await site.request("viewer", "GET", "/api/hosts/nobody/proof")).status).toBe(404);
  });

  it("is printed as a page and as PDF, to be saved, and as nothing that runs in a browser", async () => {
    for (const [query, type, begin] of [
      ["", "text/html; charset=utf-8", "<!doctype html>"],
      ["?format=pdf", "application/pdf", "%PDF-"],
    ] as const) {
      const { answer, bytes } = await report(query);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(type);
      expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="pobsync-report\./);
      expect(answer.headers.get("content-security-policy")).toContain("sandbox");
      expect(bytes.subarray(0, begin.length).toString().toLowerCase()).toBe(begin.toLowerCase());
    }
    const { bytes } = await report("?from=2026-11-20T00:00:00Z&to=2026-11-23T00:00:00Z");
    expect(bytes.toString()).toContain("nas");
  });

  it("asks for a time that can be, and for a form that there is", async () => {
    for (const query of [
      "?format=docx",
      "?from=yesterday",
      "?from=2026-11-23T00:00:00Z&to=2026-11-20T00:00:00Z",
    ])
      expect((await report(query)).answer.status, query).toBe(400);
  });
});
