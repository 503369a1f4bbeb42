// Pings: where each signal goes, what it says, and what of the address may be seen.
import { describe, expect, it } from "vitest";
import {
  endPing,
  endSignal,
  parsePingUrl,
  pingRunId,
  pingUrl,
  shownPingUrl,
  sitePing,
  startPing,
} from "../../../src/domain/ping.ts";
import { factsOf, Problem } from "../../../src/domain/problem.ts";

const HC = "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
const run = {
  ...({ id: 4711, host: "web1", status: "failed" } as const),
  ...{ startedAt: new Date("2026-11-23T02:15:00Z") },
  ...{ problem: factsOf(new Problem("host_unreachable", "web1.example.org does not answer.")), warnings: [] },
} as const;

describe("a signal", () => {
  it("goes to the end of the path, before what follows a question mark", () => {
    const to = (base: string, signal: "start" | "success" | "fail" | "log") =>
      pingUrl(base, { signal, runId: null });
    expect(to(HC, "success")).toBe(HC);
    expect(to(HC, "start")).toBe(`${HC}/start`);
    expect(to(`${HC}/`, "fail")).toBe(`${HC}/fail`);
    expect(to("https://hc.example/key/slug?create=1", "log")).toBe(
      "https://hc.example/key/slug/log?create=1",
    );
    expect(pingUrl("https://hc.example/key/slug?create=1", { signal: "fail", runId: pingRunId(run) })).toBe(
      `https://hc.example/key/slug/fail?create=1&rid=${pingRunId(run)}`,
    );
  });

  it("has the same id at the start and the end of a run, and it is a UUID", () => {
    expect(pingRunId(run)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(startPing(run).runId).toBe(endPing(run, false).runId);
    expect(pingRunId({ ...run, id: 4712 })).not.toBe(pingRunId(run));
    expect(pingRunId({ ...run, startedAt: new Date(0) })).not.toBe(pingRunId(run));
  });

  it("is a success with warnings, a failure only when nothing follows, and decides nothing when cancelled", () => {
    expect(endSignal({ status: "succeeded" }, false)).toBe("success");
    expect(endSignal({ status: "warning" }, false)).toBe("success");
    expect(endSignal({ status: "failed" }, false)).toBe("fail");
    expect(endSignal({ status: "failed" }, true)).toBe("log");
    expect(endSignal({ status: "cancelled" }, false)).toBe("log");
    expect(endSignal({ status: "cancelled" }, true)).toBe("log");
  });

  it("says numbers and codes, not what hosts and files are called", () => {
    expect(endPing(run, false).text).toBe(
      "host: web1\nrun: 4711\nstatus: failed\nproblem: host_unreachable\n",
    );
    const warnings = [run.problem, run.problem];
    expect(endPing({ ...run, status: "warning", problem: null, warnings }, false).text).toBe(
      "host: web1\nrun: 4711\nstatus: warning\nwarning: host_unreachable\n",
    );
  });

  it("of the site fails with all that is bad, one a line and harmless, and is a success else", () => {
    expect(sitePing([])).toMatchObject({ signal: "success", runId: null });
    const bad = ["No worker is running.", "one\ntwo \u001b[31m", ...Array(100).fill("more")];
    const { signal, text } = sitePing(bad);
    expect(signal).toBe("fail");
    expect(text).toMatch(/^No worker is running\.\none\\x0atwo \\x1b\[31m\n/);
    expect(text.split("\n")).toHaveLength(21);
  });
});

describe("the address", () => {
  it("shows its server and nothing of what gives the right to ping", () => {
    expect(shownPingUrl("https://ada:pass@hc.example:8443/key?x=secret")).toBe(
      "https://hc.example:8443/(hidden)",
    );
  });

  it("is taken away by off, and never repeated when it is refused", () => {
    expect(parsePingUrl("off")).toBeNull();
    expect(parsePingUrl(null)).toBeNull();
    expect(parsePingUrl(` ${HC}\n`)).toBe(HC);
    for (const wrong of ["ftp://hc.example/s3cret", "s3cret", "https://hc.example/s3cret with blank"])
      expect(() => parsePingUrl(wrong)).toThrow(/^(?!.*s3cret)/);
  });
});
