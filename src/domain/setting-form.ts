// What a setting of a channel may be: how it is read, how a form shows it, and whether anybody may see it again.
import { badInput } from "./problem.ts";
import { parseCount } from "./quantity.ts";

export type SettingValue = string | number | boolean | readonly string[] | null;

export interface ChannelField<T extends SettingValue = SettingValue> {
  readonly label: string;
  readonly help: string;
  readonly form: "text" | "long" | "count" | "choice" | "list" | "switch";
  /** Nobody gets to see it again: it is kept, replaced or taken away. */
  readonly secret: boolean;
  /** Whoever knows it can read along, so only those who may change it are shown it. Left out: anybody may know it. */
  readonly guarded?: boolean;
  readonly choices?: readonly string[];
  /** `undefined`: there must be one. */
  readonly fallback: T | undefined;
  /** Refuses with `bad_input`, never repeating what is secret. */
  readonly parse: (what: string, given: unknown) => T;
}

type Told = Pick<ChannelField, "label" | "help">;
type Read<T> = (what: string, given: string) => T;

/** Control characters, separators of lines, and what turns a line around. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const TEXT_MAX = 2048;
const LIST_MAX = 50;

const oneLine: Read<string> = (what, given) => {
  if (given.length > TEXT_MAX) throw badInput(what, "", `is longer than ${TEXT_MAX} characters.`);
  if (UNSAFE.test(given)) throw badInput(what, "", "holds a control character.");
  return given;
};

const textOf = (what: string, given: unknown): string => {
  const text = typeof given === "string" ? given.trim() : "";
  if (text === "") throw badInput(what, "", "is empty.");
  return text;
};

/** A line of text that there must be. */
export const text = <T extends SettingValue = string>(
  told: Told,
  read: Read<T> = oneLine as unknown as Read<T>,
): ChannelField<T> => ({
  ...{ ...told, form: "text", secret: false, fallback: undefined },
  parse: (what, given) => read(what, oneLine(what, textOf(what, given))),
});

/** Text of several lines. */
export const long = (told: Told, charactersMax: number, read: Read<string>): ChannelField<string> => ({
  ...{ ...told, form: "long", secret: false, fallback: undefined },
  parse: (what, given) => {
    const found = textOf(what, given);
    if (found.length > charactersMax) throw badInput(what, "", `is longer than ${charactersMax} characters.`);
    return read(what, found);
  },
});

export const secret = <T extends SettingValue>(field: ChannelField<T>): ChannelField<T> => ({
  ...field,
  secret: true,
});

export const guarded = <T extends SettingValue>(field: ChannelField<T>): ChannelField<T> => ({
  ...field,
  guarded: true,
});

/** It may be left out. */
export const optional = <T extends SettingValue>(field: ChannelField<T>): ChannelField<T | null> => ({
  ...field,
  fallback: null,
});

export const usually = <T extends SettingValue>(field: ChannelField<T>, fallback: T): ChannelField<T> => ({
  ...field,
  fallback,
});

export const count = (told: Told, min: number, max: number): ChannelField<number> => ({
  ...{ ...told, form: "count", secret: false, fallback: undefined },
  parse: (what, given) => parseCount(what, given, min, max),
});

export const choice = <const T extends string>(told: Told, choices: readonly T[]): ChannelField<T> => ({
  ...{ ...told, form: "choice", secret: false, choices, fallback: undefined },
  parse: (what, given) => {
    const found = choices.find((one) => one === given);
    if (found !== undefined) return found;
    throw badInput(what, given ?? "", `must be one of: ${choices.join(", ")}.`);
  },
});

export const toggle = (told: Told): ChannelField<boolean> => ({
  ...{ ...told, form: "switch", secret: false, fallback: false },
  parse: (what, given) => {
    if (typeof given === "boolean") return given;
    throw badInput(what, given, "must be true or false.");
  },
});

/** At least one; a text is read line by line. */
export const list = (told: Told, read: Read<string>): ChannelField<readonly string[]> => ({
  ...{ ...told, form: "list", secret: false, fallback: undefined },
  parse: (what, given) => {
    const items: unknown[] =
      typeof given === "string" ? given.split("\n") : Array.isArray(given) ? given : [];
    const lines = items
      .map((item) => (typeof item === "string" ? item.trim() : ""))
      .filter((line) => line !== "");
    if (lines.length === 0) throw badInput(what, "", "is empty.");
    if (lines.length > LIST_MAX)
      throw badInput(what, String(lines.length), `: more than ${LIST_MAX} of them.`);
    return lines.map((line) => read(what, oneLine(what, line)));
  },
});
