// Names as text in which each byte is still there, to compare them by characters. They are printed with `pathText`.

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Stands for a byte: this plus its value. No character is one of these. */
const BYTE = 0xdc00;

/**
 * Bytes that are part of no character become one lone surrogate each. So a wildcard for one character matches such a
 * byte, and two different names are never the same text.
 */
export function charactersOf(bytes: Uint8Array): string {
  const whole = decoded(bytes);
  if (whole !== null) return whole;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((size) => decoded(bytes.subarray(at, at + size)) !== null) ?? 0;
    text +=
      length === 0 ? String.fromCharCode(BYTE + (bytes[at] ?? 0)) : decoded(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return text;
}

/** The bytes that one character of such a text stands for. */
export function bytesOfCharacter(character: string): Uint8Array {
  const code = character.charCodeAt(0);
  const isByte = character.length === 1 && code >= BYTE + 0x80 && code <= BYTE + 0xff;
  return isByte ? Uint8Array.of(code - BYTE) : new TextEncoder().encode(character);
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}
