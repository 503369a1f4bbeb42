// Which snapshot is meant by what a person types.
import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/domain/problem.ts";
import { chooseSnapshot } from "../../../src/domain/snapshot-choice.ts";

const snapshot = (startedAt: string, suffix: string) => ({
  name: `${startedAt.replace(/[-:]/g, "").replace(/\.\d+/, "")}-manual-${suffix}`,
  startedAt: new Date(startedAt),
});

/** Newest first, as the store gives them. */
const snapshots = [
  snapshot("2026-11-23T23:30:15.250Z", "00000c"),
  snapshot("2026-11-23T14:00:30.500Z", "00000b"),
  snapshot("2026-11-22T02:15:00.000Z", "00000a"),
];
const [newest, middle, oldest] = snapshots.map(({ name }) => name);
const chosen = (given: string, timeZone = "UTC"): string =>
  chooseSnapshot("web1", snapshots, given, timeZone).name;

describe("a snapshot", () => {
  it.each([
    ["latest", newest],
    [`${oldest}`, oldest],
    ["20261122", oldest],
    ["20261123T14", middle],
    ["2026-11-22", oldest],
    ["2026-11-23", newest],
    ["2027-01-01", newest],
    ["2026-11-23 14:00", middle],
    ["2026-11-23 14:00:30", middle],
    ["2026-11-23 14:00:29", oldest],
    ["2026-11-23T14:00:30.499Z", oldest],
    ["2026-11-23T15:00+01:00", middle],
  ])("is the one that %s means", (given, name) => {
    expect(chosen(given)).toBe(name);
  });

  it("of a day is meant in the time zone of the host", () => {
    expect(chosen("2026-11-23", "Europe/Amsterdam")).toBe(middle);
    expect(chosen("2026-11-24", "Europe/Amsterdam")).toBe(newest);
    expect(chosen("2026-11-23 15:00", "Europe/Amsterdam")).toBe(middle);
  });

  it.each([
    ["2026", "bad_input", /may be any of 3/],
    ["20261123T", "bad_input", /may be any of 2/],
    ["", "not_found", /no snapshot ""/],
    ["yesterday", "not_found", /no snapshot "yesterday"/],
    ["2026-11-21", "not_found", /no snapshot from "2026-11-21" or before/],
    ["2026-02-31", "bad_input", /calendar/],
  ])("is not what %s means", (given, code, words) => {
    const choose = (): string => chosen(given);
    expect(choose).toThrow(words);
    expect(choose).toThrow(expect.objectContaining({ code }));
  });

  it("of a host that has none is not found, and the hint makes one", () => {
    expect(() => chooseSnapshot("web1", [], "latest", "UTC")).toThrow(Problem);
    expect(() => chooseSnapshot("web1", [], "latest", "UTC")).toThrow(
      expect.objectContaining({ code: "not_found", hint: "Make one: pobsync backup web1" }),
    );
  });
});
