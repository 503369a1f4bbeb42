// Plain data as it may be shown: a last net under the rule that nothing secret is stored where it can be read.

/** Names of fields whose text nobody is shown, whatever it is. */
const SECRET_NAME = /pass(word|phrase)|secret|token|hash|csrf|cookie|recovery/i;
/** The password in an address such as `scheme://user:password@host`. */
const PASSWORD_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]+@/gi;
const HIDDEN = "(hidden)";
/** Nothing of ours is nested as deep. */
const DEPTH_MAX = 20;

/** A copy with secrets replaced; counts and switches stay, whatever they are called. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replace(PASSWORD_IN_URL, `$1${HIDDEN}@`);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEPTH_MAX) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  const shown = Object.entries(value).map(([name, item]) => {
    const isSecret = SECRET_NAME.test(name) && (typeof item === "string" || typeof item === "object");
    return [name, isSecret && item !== null ? HIDDEN : withoutSecrets(item, depth + 1)];
  });
  return Object.fromEntries(shown);
}
