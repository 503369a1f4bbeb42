import { describe, expect, it } from "vitest";
import { type HintPart, hintParts } from "../../../web/parts/hint-parts.ts";

const of = (kind: HintPart["kind"], text: string): string[] =>
  hintParts(text)
    .filter((part) => part.kind === kind)
    .map((part) => part.text);

describe("a command in a hint", () => {
  it("has a line of its own where a sentence leads up to it", () => {
    expect(hintParts("Look at the plan: pobsync retention web1. If it is right, allow more.")).toEqual([
      { kind: "words", text: "Look at the plan: " },
      { kind: "line", text: "pobsync retention web1" },
      { kind: "words", text: "If it is right, allow more." },
    ]);
  });

  it("is one of several where several are named", () => {
    const hint = "Start both: pobsync up. Or each by itself: pobsync scheduler --loop, pobsync worker --loop";
    expect(of("line", hint)).toEqual(["pobsync up", "pobsync scheduler --loop", "pobsync worker --loop"]);
  });

  it("keeps what is quoted together, also with a full stop in it", () => {
    const hint = 'For example: pobsync schedule web1.example.org --cron "15 2 * * *. no" --prune.';
    expect(of("line", hint)).toEqual(['pobsync schedule web1.example.org --cron "15 2 * * *. no" --prune']);
  });

  it("stays within its sentence when that goes on", () => {
    const hint =
      "Correct the sources (pobsync configure-host HOST --source PATH), or mount what is missing there.";
    expect(of("command", hint)).toEqual(["pobsync configure-host HOST --source PATH"]);
    expect(of("command", "pobsync hosts lists them; configure-host makes a new one.")).toEqual([
      "pobsync hosts",
    ]);
  });

  it("is none where only the program is spoken of", () => {
    for (const hint of [
      "Run pobsync as root, or as the user that makes the backups.",
      "Install the newer version of pobsync again.",
      "pobsync does not run as root.",
    ])
      expect(hintParts(hint)).toEqual([{ kind: "words", text: hint }]);
  });
});
