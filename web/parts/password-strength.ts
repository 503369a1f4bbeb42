// How good a new password is, in words. The server decides; this spares whoever types a refusal.

const SHORTEST = 12;
const GOOD = 16;
const VERY_GOOD = 20;
const REPEATED_MAX = 4;

export interface Strength {
  /** The server will refuse it. */
  readonly isRefused: boolean;
  /** 0 to 4. */
  readonly level: number;
  readonly words: string;
}

const refused = (level: number, words: string): Strength => ({ isRefused: true, level, words });
const fine = (level: number, words: string): Strength => ({ isRefused: false, level, words });

/** Up to so many characters again and again are as good as those alone. */
const isRepetition = (characters: readonly string[]): boolean =>
  Array.from({ length: REPEATED_MAX }, (_, index) => index + 1).some((length) =>
    characters.every((character, at) => at < length || character === characters[at - length]),
  );

export function strengthOf(password: string, username: string): Strength {
  const plain = password.normalize("NFKC").toLowerCase().trim();
  const characters = [...password.normalize("NFKC")];
  const missing = SHORTEST - characters.length;
  if (characters.length === 0) return refused(0, `At least ${SHORTEST} characters; a few words are fine.`);
  if (missing > 0) return refused(1, missing === 1 ? "One more character." : `${missing} more characters.`);
  if (plain === username.toLowerCase()) return refused(1, "That is the username.");
  if (isRepetition([...plain])) return refused(1, "That is a few characters again and again.");
  if (characters.length < GOOD) return fine(2, "Enough. A few more characters are worth a lot.");
  return characters.length < VERY_GOOD ? fine(3, "Good.") : fine(4, "Very good.");
}

const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const [GROUPS, GROUP] = [5, 4];

/** A hundred bits nobody can guess, without letters that are taken for one another: "k3fm-9xqa-…". */
export function makePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP));
  // 32 letters, so each is as likely as any other.
  const letters = [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return Array.from({ length: GROUPS }, (_, at) => letters.slice(at * GROUP, (at + 1) * GROUP).join("")).join(
    "-",
  );
}
