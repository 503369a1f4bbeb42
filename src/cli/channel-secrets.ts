// Secrets that a new channel lacks, asked for at a terminal.
import { fieldsOf } from "../domain/channel-settings.ts";
import { CHANNEL_KINDS } from "../domain/notification.ts";
import { askSecrets } from "./ask-secret.ts";

type Given = Readonly<Record<string, unknown>>;

/**
 * What was given, and what a person types for the secrets that the kind cannot do without: all that there must be, and the
 * password of a user who signs in. Where there is no terminal nobody is asked, and the refusal says how to give them.
 */
export async function withAskedSecrets(
  kindName: string | undefined,
  given: Given,
  stop: AbortSignal,
): Promise<Given> {
  const kind = CHANNEL_KINDS.find((known) => known === kindName);
  if (kind === undefined || process.stdin.isTTY !== true) return given;
  const lacking = fieldsOf(kind).filter(
    ([name, { secret, fallback }]) =>
      secret &&
      given[name] === undefined &&
      (fallback === undefined || (name === "password" && given.user !== undefined)),
  );
  if (lacking.length === 0) return given;
  const answers = await askSecrets(
    lacking.map(([, { label }]) => label),
    stop,
  );
  // What may be left out is, where nobody types anything; what may not is refused as empty.
  const typed = lacking.flatMap(([name, { fallback }], index) =>
    answers[index] === "" && fallback !== undefined ? [] : [[name, answers[index]] as const],
  );
  return { ...given, ...Object.fromEntries(typed) };
}
