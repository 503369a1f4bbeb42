// Tags: words that people put on hosts, so that lists and messages can go by them.
import { badInput } from "./problem.ts";

const LENGTH_MAX = 32;
const TAGS_MAX = 50;

/** One tag: small letters, digits and `._:-`, beginning with a letter or digit. Refuses with `bad_input`. */
export function parseTag(given: unknown): string {
  const what = "The tag";
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  const tag = given.toLowerCase();
  if (tag.length > LENGTH_MAX) throw badInput(what, given, `is longer than ${LENGTH_MAX} characters.`);
  if (!/^[a-z0-9][a-z0-9._:-]*$/.test(tag))
    throw badInput(
      what,
      given,
      "must begin with a letter or digit, with letters, digits, dots, colons, dashes and underscores after it.",
    );
  return tag;
}

/** A host's tags: each once, in order. Refuses with `bad_input`. */
export function parseTags(given: unknown): readonly string[] {
  if (!Array.isArray(given)) throw badInput("The tags", given, "are not a list.");
  const tags = [...new Set(given.map(parseTag))].sort();
  if (tags.length > TAGS_MAX)
    throw badInput("The tags", `${tags.length} words`, `are more than ${TAGS_MAX}.`);
  return tags;
}

/** Some tags added and some taken away; what is named in both ways is taken away. */
export const changeTags = (
  before: readonly string[],
  add: readonly string[],
  remove: readonly string[],
): readonly string[] => {
  const gone = new Set(parseTags(remove));
  return parseTags([...before, ...add]).filter((tag) => !gone.has(tag));
};
