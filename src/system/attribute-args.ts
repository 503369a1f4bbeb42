// rsync's words about what a file is besides its content, pure: attributes and access control lists.
import type { Settings } from "../domain/settings.ts";
import type { RsyncAbilities } from "./rsync-abilities.ts";

/** Which of two sides hears of a rule. "receiver": a host hears nothing of it. "both": both sides are here, and need it. */
type Side = "receiver" | "both";

const ruleAgainst = (names: string, side: Side): string =>
  `--filter=${side === "receiver" ? "-rx" : "-x"} /${names}`;

/** XFS shows an access control list a second time, as an attribute of this name. */
const AGAIN_ON_XFS = "trusted.SGI_ACL_*";

/**
 * To a receiving rsync the list of XFS is an attribute too many, and with it goes the list that a new file has from its folder. So
 * it leaves those alone. Rules about attributes take the place of rsync's own one, which is the first of these.
 */
export const attributeRules = (side: Side): readonly string[] => [
  ruleAgainst("system.*", side),
  ruleAgainst(AGAIN_ON_XFS, side),
];

/** Of the system's attributes the access control lists and no others; both sides have to hear this. */
const LISTS_AND_NO_OTHERS = ["--filter=+x /system.posix_acl_*", "--filter=-x /system.*"];

/** The rules, where they are needed. With `--fake-super` lists are kept in attributes of another kind. */
export function rulesOnto(
  { ontoXfs, aclsAsAttributes }: RsyncAbilities,
  { rsyncArgs }: Pick<Settings, "rsyncArgs">,
  side: Side,
): readonly string[] {
  if (aclsAsAttributes)
    return [...LISTS_AND_NO_OTHERS, ...(ontoXfs ? [ruleAgainst(AGAIN_ON_XFS, side)] : [])];
  return ontoXfs && !rsyncArgs.includes("--fake-super") ? attributeRules(side) : [];
}

/**
 * Everything that a file is. Where there are trees to link from, lists are asked for by themselves as well: rsync makes a device, a
 * pipe or a socket of which only the owner or the time has changed anew and without its attributes then (3.5.0, seen).
 */
export const allFacts = ({ aclsAsAttributes }: RsyncAbilities, linksFrom: readonly string[] = []): string =>
  aclsAsAttributes && linksFrom.length === 0 ? "-aHXS" : "-aHAXS";

/** What a dry run into nothing asks for: it looks for attributes of entries that are not there, and rsync 3.5 complains about each. */
export const WITHOUT_ATTRIBUTES = "-aHS";

/** Whoever says this wants lists asked for by themselves, which `allFacts` does then. */
const BY_THEMSELVES = new Set(["--acls", "-A"]);

/** Options of staff, without those that are said already. */
export const optionsOf = ({ rsyncArgs }: Pick<Settings, "rsyncArgs">): string[] =>
  rsyncArgs.filter((option) => !BY_THEMSELVES.has(option));
