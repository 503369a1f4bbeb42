// A parsed file of the predecessor: keys are taken one by one, and whatever nobody took is told.
import { parsePattern } from "../path-input.ts";
import { badInput, Problem } from "../problem.ts";

/** Something of a file that does not become configuration as it stands. */
export interface LegacyNote {
  /** Below the prefix: `config/hosts/web1.yaml`. */
  readonly file: string;
  /** `rsync.args[2]`. */
  readonly key: string;
  /** `covered`: pobsync always does so. `unknown`: it is left out, and a person should look. */
  readonly kind: "covered" | "unknown";
  readonly text: string;
}

export interface LegacySection {
  readonly has: (key: string) => boolean;
  /** What stands there as a setting reads it; undefined when the key is not there or says null. */
  readonly take: <T>(key: string, parse: (given: unknown) => T) => T | undefined;
  /** A list of texts, or one text, which stands for a list of one. */
  readonly list: (key: string) => readonly string[] | undefined;
  /** The same, each an rsync pattern. */
  readonly patterns: (key: string) => readonly string[] | undefined;
  readonly section: (key: string) => LegacySection;
  readonly note: (key: string, kind: LegacyNote["kind"], text: string) => void;
  /** Notes every key that nobody took, here and below. */
  readonly finish: () => void;
}

export function legacyDocument(file: string, value: unknown, notes: LegacyNote[]): LegacySection {
  return sectionOf(file, "", value ?? {}, notes);
}

function sectionOf(file: string, path: string, value: unknown, notes: LegacyNote[]): LegacySection {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Problem(
      "bad_input",
      `${file}: ${path === "" ? "it" : path} is not a mapping of keys to values.`,
      {
        hint: "docs/legacy-yaml.md has an example of each file.",
      },
    );
  const given = value as Readonly<Record<string, unknown>>;
  const left = new Set(Object.keys(given));
  const below: LegacySection[] = [];
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const use = (key: string): unknown => {
    left.delete(key);
    return Object.hasOwn(given, key) ? given[key] : undefined;
  };
  const take: LegacySection["take"] = (key, parse) => {
    const found = use(key);
    if (found === undefined || found === null) return undefined;
    try {
      return parse(found);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem("bad_input", `${file}: ${at(key)}: ${error.message}`, { cause: error });
    }
  };
  const note: LegacySection["note"] = (key, kind, text) => {
    left.delete(key);
    notes.push({ file, key: at(key), kind, text });
  };
  return {
    has: (key) => Object.hasOwn(given, key) && given[key] !== null,
    take,
    note,
    list: (key) => take(key, (found) => textsOf(at(key), found)),
    patterns: (key) =>
      take(key, (found) => textsOf(at(key), found).map((text) => parsePattern("The pattern", text))),
    section: (key) => {
      const found = sectionOf(file, at(key), use(key) ?? {}, notes);
      below.push(found);
      return found;
    },
    finish: () => {
      for (const one of below) one.finish();
      for (const key of left)
        notes.push({ file, key: at(key), kind: "unknown", text: "is not known, and was left out." });
    },
  };
}

function textsOf(what: string, found: unknown): string[] {
  const items = Array.isArray(found) ? found : [found];
  return items.map((item) => {
    if (typeof item !== "string" && typeof item !== "number")
      throw badInput(what, item, "is not a list of texts.");
    return String(item);
  });
}
