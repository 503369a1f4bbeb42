// Paths as text: names are bytes, and this is how they are printed and typed without losing any (DESIGN 12).

const BACKSLASH = 0x5c;
const SHORT: Record<number, string> = { 10: "\\n", 9: "\\t", 13: "\\r", [BACKSLASH]: "\\\\" };
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;

/** Length in bytes of the UTF-8 sequence that a lead byte announces; 0 when it announces none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

/** What moves a terminal's cursor or turns its text around: C1 controls, line separators, bidirectional overrides. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** The character at `at`, or null when the bytes there are not valid UTF-8 or are a control character. */
function characterAt(bytes: Uint8Array, at: number): { text: string; length: number } | null {
  const length = sequenceLength(bytes[at] ?? 0);
  if (length === 0 || at + length > bytes.length) return null;
  try {
    const text = strictUtf8.decode(bytes.subarray(at, at + length));
    return UNSAFE.test(text) ? null : { text, length };
  } catch {
    return null;
  }
}

/** Bytes of a path as printable text. `pathBytes` gives the same bytes back. */
export function pathText(bytes: Uint8Array): string {
  let out = "";
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    const short = SHORT[byte];
    if (short !== undefined) out += short;
    else if (byte < 0x20 || byte === 0x7f) out += hex(byte);
    else if (byte < 0x80) out += String.fromCharCode(byte);
    else {
      const character = characterAt(bytes, at);
      if (character !== null) {
        out += character.text;
        at += character.length;
        continue;
      }
      out += hex(byte);
    }
    at += 1;
  }
  return out;
}

const named = (letter: string): number =>
  letter === "n" ? 0x0a : letter === "t" ? 0x09 : letter === "r" ? 0x0d : BACKSLASH;

/**
 * Text of a path as bytes: the inverse of `pathText`.
 *
 * Returns null for an escape that means nothing, so that a typing error is not taken for a name.
 */
export function pathBytes(text: string): Uint8Array | null {
  if (!text.includes("\\")) return encoder.encode(text);
  const parts: number[] = [];
  const escapePattern = /\\(?:(\\|n|t|r)|x([0-9a-fA-F]{2}))/y;
  for (let at = 0; at < text.length; ) {
    if (text[at] === "\\") {
      escapePattern.lastIndex = at;
      const match = escapePattern.exec(text);
      if (match === null) return null;
      parts.push(match[2] === undefined ? named(match[1] as string) : Number.parseInt(match[2], 16));
      at = escapePattern.lastIndex;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) as number);
      parts.push(...encoder.encode(character));
      at += character.length;
    }
  }
  return Uint8Array.from(parts);
}
