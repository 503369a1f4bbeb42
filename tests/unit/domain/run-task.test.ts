// Stored tasks: those of an older version mean what they meant then.
import { describe, expect, it } from "vitest";
import { parseRunTask } from "../../../src/domain/run-task.ts";

describe("a stored verification", () => {
  it("from before repairs repairs nothing and reads everything", () => {
    expect(
      parseRunTask({ do: "verify", snapshot: null, percent: 5, olderThanSeconds: null, since: 7 }),
    ).toEqual({
      ...{ do: "verify", snapshot: null, percent: 5, olderThanSeconds: null, since: 7 },
      ...{ damagedOnly: false, repair: false },
    });
  });

  it("comes back as it was written", () => {
    const task = {
      ...{ do: "verify", snapshot: null, percent: null, olderThanSeconds: 60, since: 7 },
      ...{ damagedOnly: true, repair: true },
    };
    expect(parseRunTask(JSON.parse(JSON.stringify(task)))).toEqual(task);
  });
});

describe("a stored restore", () => {
  const preview = {
    ...{ created: 1, overwritten: 2, attributesOnly: 0, deleted: 0, unchanged: 3, bytes: 4 },
    items: { created: ["/a"], overwritten: ["/b", "/c"], attributesOnly: [], deleted: [] },
  };
  const order = {
    ...{
      do: "restore",
      snapshot: "20261123T021500Z-manual-0a1b2c",
      path: "/etc",
      target: { to: "in-place" },
    },
    ...{ delete: true, yes: true, check: false, preview: null },
  };

  it("comes back as it was written, with or without its terms", () => {
    for (const task of [
      order,
      { ...order, preview },
      { ...order, previewOnly: true },
      { ...order, agreed: preview },
    ])
      expect(parseRunTask(JSON.parse(JSON.stringify(task)))).toEqual(task);
  });
});
