// A message's texts as they may go out: no control characters, no markup of the other side, no longer than it takes.
import type { Message } from "./notification.ts";
import { printable } from "./problem.ts";

/** One line. Control characters, and what turns a line around, are written as escapes. */
export const lineOut = (text: string): string => printable(text.replace(/[\s\p{Zl}\p{Zp}]+/gu, " ")).trim();

const linesOut = (text: string): string =>
  text
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => printable(line.replaceAll("\t", " ")).trimEnd())
    .join("\n");

/** The same message with nothing in it but what may be shown. */
export const messageOut = (message: Message): Message => ({
  ...message,
  subject: lineOut(message.subject),
  body: linesOut(message.body),
  host: message.host === null ? null : lineOut(message.host),
  code: message.code === null ? null : lineOut(message.code),
  url: message.url === null ? null : lineOut(message.url),
});

const utf8 = new TextEncoder();

/** How long a service thinks that a text is: most count as JavaScript does. */
const inUnits = (text: string): number => text.length;
export const inBytes = (text: string): number => utf8.encode(text).length;

const ELLIPSIS = "…";
const asIs = (text: string): string => text;

let segmenter: Intl.Segmenter | null = null;
/** What people see as one: a letter with its accents, a flag, a family of emoji. Its tables take 15 ms, so they wait for a long text. */
function characters(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/**
 * The text, escaped; where that is longer than it may be, as much of its beginning as fits, and an ellipsis. Neither an escape
 * nor a character is cut in two.
 */
export function fitted(text: string, max: number, escaped = asIs, size = inUnits): string {
  const whole = escaped(text);
  if (size(whole) <= max) return whole;
  const room = max - size(ELLIPSIS);
  const begins = Array.from(characters(text), ({ index }) => index);
  // What was escaped as a whole is escaped as a whole again: some escapes are of two characters together.
  const upTo = (count: number): string => escaped(text.slice(0, begins[count]));
  let [fits, tooMany] = [0, begins.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (size(upTo(middle)) <= room) fits = middle;
    else tooMany = middle;
  }
  return upTo(fits).trimEnd() + ELLIPSIS;
}

/** Subject, body and address as one text; the address is there whatever is cut. */
export function asOneText({ subject, body, url }: Message, max: number, size = inUnits): string {
  const end = url === null ? "" : `\n\n${url}`;
  return (
    fitted([subject, body].filter((part) => part !== "").join("\n\n"), max - size(end), asIs, size) + end
  );
}

/** Body and address. */
export const bodyWithUrl = ({ subject, body, url }: Message, max: number, size = inUnits): string =>
  body === "" && url === null ? subject : asOneText({ subject: "", body, url } as Message, max, size).trim();
