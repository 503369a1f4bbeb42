// Words of the predecessor's rsync and ssh command lines, as settings of ours.
import { parsePattern } from "../path-input.ts";
import { Problem } from "../problem.ts";
import { parseRsyncOption } from "../rsync-option.ts";
import { FIELDS, parseLayer, type SettingName, type SettingsLayer } from "../settings.ts";
import type { LegacySection } from "./document.ts";

/** What a transfer of ours always has, or does in its own way. */
const COVERED = new Set(
  (
    "-a --archive -H --hard-links -A --acls -X --xattrs -r --recursive -l --links -p --perms -t --times -g --group -o --owner " +
    "-D --devices --specials --numeric-ids -S --sparse -R --relative --stats --partial -P --progress -v --verbose -h --human-readable " +
    "-i --itemize-changes --delete --del --delete-before --delete-during --delete-delay --delete-after --delete-excluded"
  ).split(" "),
);
const COVERED_VALUED = [
  "--partial-dir",
  "--link-dest",
  "--info",
  "--out-format",
  "--log-file",
  "--log-file-format",
];

export interface RsyncWords {
  readonly rsyncArgs: string[];
  readonly includes: string[];
  readonly excludes: string[];
  oneFileSystem?: true;
  /** Bytes a second. */
  bwlimit?: number;
}

/** Sorts the words of one list; each that is no setting of ours is noted. */
export function sortRsyncWords(section: LegacySection, key: string, into: RsyncWords): void {
  const words = section.list(key) ?? [];
  for (const [index, word] of words.entries()) {
    const note = (kind: "covered" | "unknown", text: string) =>
      section.note(`${key}[${index}]`, kind, `${word} ${text}`);
    const [name = "", value] = splitOnce(word);
    const short = /^-([A-Za-z]{2,})$/.exec(word)?.[1];
    const letters = short === undefined ? [name] : [...short].map((letter) => `-${letter}`);
    const others = letters.filter(
      (letter) => letter !== "-x" && !(COVERED.has(letter) && value === undefined),
    );
    if (letters.includes("-x") || word === "--one-file-system") into.oneFileSystem = true;
    if (others.length === 0) {
      if (!letters.includes("-x")) note("covered", "is how pobsync always works.");
    } else if (word === "--one-file-system") continue;
    else if (COVERED_VALUED.includes(name)) note("covered", "is done by pobsync in its own way.");
    else if (name === "--exclude" && value !== undefined)
      into.excludes.push(parsePattern("The pattern", value));
    else if (name === "--include" && value !== undefined)
      into.includes.push(parsePattern("The pattern", value));
    else if (name === "--bwlimit" && value !== undefined && /^\d+$/.test(value))
      into.bwlimit = FIELDS.bwlimit.parse(value === "0" ? 0 : `${value}K`);
    else
      for (const other of short === undefined ? [word] : others)
        try {
          into.rsyncArgs.push(parseRsyncOption(other));
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          note("unknown", `was left out: ${error.message}`);
        }
  }
}

/** Letters of ssh, and keywords of its -o. */
const SSH_SETTINGS: Readonly<Record<string, SettingName>> = {
  ...{ p: "sshPort", port: "sshPort", l: "sshUser", user: "sshUser" },
  ...{ i: "identityFile", identityfile: "identityFile" },
};
const OF_OURS = new Set(["batchmode", "connecttimeout", "serveraliveinterval", "serveralivecountmax"]);

/** ssh's own options: where they say user, port or key they are settings; what else they say is noted. */
export function sortSshWords(section: LegacySection, key: string): SettingsLayer {
  const words = (section.list(key) ?? []).flatMap((text) => text.trim().split(/\s+/));
  const found: Record<string, unknown> = {};
  while (words.length > 0) {
    const word = words.shift() ?? "";
    const [, letter, glued = ""] = /^-([opil])(.*)$/.exec(word) ?? [];
    // A letter's value may be a word of its own.
    const given = letter === undefined ? "" : glued === "" ? (words.shift() ?? "") : glued;
    const [name = "", value = ""] = letter === "o" ? splitOnce(given) : [letter ?? word, given];
    const setting = SSH_SETTINGS[name.toLowerCase()];
    const said = letter === "o" ? `-o ${given}` : [word, glued === "" ? given : ""].join(" ").trim();
    if (setting !== undefined) found[setting] = value;
    else if (OF_OURS.has(name.toLowerCase()))
      section.note(key, "covered", `${said} is set by pobsync itself.`);
    else section.note(key, "unknown", `${said} was left out.`);
  }
  return parseLayer(found);
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
