// Texts cut to what a service takes: never longer than that in its own unit, and no character or escape in two.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestFor } from "../../../src/domain/channel-requests.ts";
import { parseChannelSettings } from "../../../src/domain/channel-settings.ts";
import { asOneText, fitted, inBytes } from "../../../src/domain/fitted-text.ts";
import type { ChannelKind, Message } from "../../../src/domain/notification.ts";

const FAMILY = "👨‍👩‍👧‍👦";
const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.constantFrom(FAMILY.repeat(30), "é".repeat(99)),
);
const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text), ({ segment }) => segment);

describe("a text that is too long", () => {
  it("is as much of its beginning as fits, in whole characters, and an ellipsis", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 3, max: 120 }), fc.boolean(), (text, max, isBytes) => {
        const size = isBytes ? inBytes : (some: string) => some.length;
        const cut = fitted(text, max, undefined, size);
        expect(size(cut)).toBeLessThanOrEqual(max);
        if (size(text) <= max) {
          expect(cut).toBe(text);
          return;
        }
        expect(cut.endsWith("…")).toBe(true);
        const kept = graphemes(text);
        const begin = cut.slice(0, -1);
        expect(kept.some((_, count) => kept.slice(0, count).join("").trimEnd() === begin)).toBe(true);
      }),
    );
  });

  it("keeps an escape of two characters whole, also where it is cut", () => {
    const escaped = (text: string): string => text.replaceAll("](", "]-(");
    expect(fitted("](](](](", 8, escaped)).toBe("]-(]-(]…");
    expect(fitted("a family: 👨‍👩‍👧‍👦!", 15)).toBe("a family:…");
  });

  it("keeps the address, whatever is cut", () => {
    const message = { subject: "s".repeat(99), body: "b".repeat(99), url: "https://x.example/1" } as Message;
    expect(asOneText(message, 60)).toMatch(/^s+…\n\nhttps:\/\/x\.example\/1$/);
  });
});

describe("the longest message there is", () => {
  const message = (character: string): Message => ({
    ...{ kind: "opened", severity: "bad", host: "h".repeat(300), code: "late", since: null },
    ...{
      subject: character.repeat(10_000),
      body: character.repeat(100_000),
      url: "https://x.example/alerts",
    },
  });
  const bodyOf = (
    kind: Exclude<ChannelKind, "email">,
    values: Record<string, unknown>,
    character: string,
  ) => {
    const settings = parseChannelSettings(kind, values) as Parameters<typeof requestFor>[0];
    const request = requestFor(settings, { message: message(character), id: "d1", at: new Date(0) });
    return { ...request, json: JSON.parse(request.body) };
  };
  const url = "https://hooks.example/1";

  it.each(["a", "<", "&", "*", "\\", '"', "é", "漢", "🦀", FAMILY])(
    "of %s is within what each service takes",
    (one) => {
      const { json: discord } = bodyOf("discord", { url }, one);
      expect(discord.content.length).toBeLessThanOrEqual(2000);
      const [embed] = discord.embeds;
      expect([embed.title.length <= 256, embed.description.length <= 4096]).toEqual([true, true]);
      expect(embed.title.length + embed.description.length).toBeLessThanOrEqual(6000);
      const { json: slack } = bodyOf("slack", { url }, one);
      expect(slack.text.length + slack.attachments[0].text.length).toBeLessThanOrEqual(4000);
      const telegram = bodyOf("telegram", { token: "123456:abcdefghijkl", chat: "1" }, one).json;
      expect(telegram.text.length).toBeLessThanOrEqual(4096);
      const ntfy = bodyOf("ntfy", { topic: "t" }, one).json;
      expect(inBytes(ntfy.message)).toBeLessThanOrEqual(4096);
      const matrix = bodyOf("matrix", { server: "https://m.example", room: "!r:m.example", token: "t" }, one);
      // Beside what is sent, an event has the ids of its room, sender and neighbours, signatures and hashes.
      expect(inBytes(matrix.body)).toBeLessThanOrEqual(65_536 - 4096);
    },
  );
});
