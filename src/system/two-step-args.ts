// The command lines for receiving in two steps, pure: compare, then fetch what is different; and what puts both together.
import type { Settings } from "../domain/settings.ts";
import { allFacts, optionsOf, rulesOnto, WITHOUT_ATTRIBUTES } from "./attribute-args.ts";
import type { RsyncAbilities } from "./rsync-abilities.ts";
import {
  FAITHFUL,
  filterArgs,
  fromStandardInput,
  guardArgs,
  limitArgs,
  linkDestArgs,
  listArgs,
  originArgs,
  sizeLimitArgs,
  sourceWords,
  TOLD,
  type TransferRequest,
} from "./rsync-args.ts";

/** A tree on the host beside one that is here. */
export type ComparisonRequest = Pick<
  TransferRequest,
  "origin" | "settings" | "leaveOut" | "isSandboxed" | "confineRoot"
> & {
  /** The tree here; it is only read. */
  readonly base: string;
  /** There is nothing in it: all that the host has is wanted, whatever its attributes are. */
  readonly isEmpty?: boolean;
};

/** The same line as in `TOLD`, but without a checksum, as nothing comes: its blanks would be a third of it. How far it is, lines tell. */
const TOLD_OF_WHAT_IS_SEEN = "--out-format=%i // %l //  // %n // %L";

/**
 * The first step: what of a tree that is here the host still has, and what is different there. Every entry that the
 * host has gets a line (`-ii`). Nothing is written, not even where it could be (`--dry-run`).
 *
 * `--force`: without it a folder that is a file by now is an error.
 */
export function comparisonArgs(request: ComparisonRequest, abilities: RsyncAbilities): string[] {
  const { origin, settings, base } = request;
  return [
    ...["rsync", request.isEmpty === true ? WITHOUT_ATTRIBUTES : allFacts(abilities)],
    ...["--recursive", "--numeric-ids", "--relative", "--dry-run", "-ii", "--force"],
    ...FAITHFUL,
    TOLD_OF_WHAT_IS_SEEN,
    ...rulesOnto(abilities, settings, "receiver"),
    ...(abilities.xxh128 ? ["--checksum-choice=xxh128"] : []),
    ...guardArgs(request, abilities),
    ...(settings.oneFileSystem ? ["--one-file-system"] : []),
    ...limitArgs(settings.bwlimit),
    ...sizeLimitArgs(settings.maxFileBytes),
    ...listArgs(settings.incRecursive),
    ...filterArgs(request),
    ...optionsOf(settings),
    ...originArgs(origin, settings.remoteRsync),
    ...sourceWords(origin, settings.sources),
    `${base}/`,
  ];
}

/** Options that would leave out what was asked for by its name. */
const NOT_BY_NAME = new Set(["--prune-empty-dirs", "-m"]);

/** With these a file of another host would be taken for the same by its checksum, and a copy may lose its capabilities. */
const NOT_FROM_SIBLINGS = new Set(["--checksum", "-c"]);

export type PickRequest = Omit<TransferRequest, "leaveOut" | "dryRun"> & {
  /** The names are those of regular files, and what the folders on their way are like comes later. */
  readonly onlyFiles: boolean;
  /** A tree of another host, in which these files are likely to be. */
  readonly sibling: string | null;
};

/**
 * No file of a sibling is believed to be the same (`--ignore-times`): it is compared with the host's block by block, what
 * differs is sent, and rsync checks the sum of the whole. A basis only: nothing is linked.
 */
const basisArgs = ({ sibling, linkDests }: Pick<PickRequest, "sibling" | "linkDests">): string[] =>
  sibling === null ? linkDestArgs(linkDests) : ["--ignore-times", `--copy-dest=${sibling}`];

/**
 * The second step: these entries and no others, by their names; of a folder what it is and not what it holds.
 *
 * No filters: what they leave out was not among the first step's lines.
 */
export function pickArgs(request: PickRequest, abilities: RsyncAbilities): string[] {
  const { origin, settings, target, partialDir, sibling, linkDests } = request;
  const isMeant = (option: string): boolean =>
    !NOT_BY_NAME.has(option) && (sibling === null || !NOT_FROM_SIBLINGS.has(option));
  return [
    ...[
      "rsync",
      allFacts(abilities, sibling === null ? linkDests : [sibling]),
      "--numeric-ids",
      "--relative",
    ],
    ...(request.onlyFiles ? ["--no-implied-dirs"] : []),
    ...FAITHFUL,
    ...TOLD,
    ...rulesOnto(abilities, settings, "receiver"),
    ...(abilities.xxh128 ? ["--checksum-choice=xxh128"] : []),
    ...guardArgs(request, abilities),
    ...trustArgs(request, abilities),
    `--partial-dir=${partialDir}`,
    ...basisArgs(request),
    ...limitArgs(settings.bwlimit),
    ...optionsOf(settings).filter(isMeant),
    ...originArgs(origin, settings.remoteRsync),
    ...fromStandardInput(origin),
    `${target}/`,
  ];
}

/**
 * In a sandbox what came is held against the names afterwards; see asked-for.ts. rsync's own look at each name takes a time that
 * grows with the square of their number. One that knows `--insecure-links` (3.5) knows this option as well (3.2.5).
 */
const trustArgs = (
  { isSandboxed }: Pick<TransferRequest, "isSandboxed">,
  abilities: RsyncAbilities,
): string[] => (isSandboxed && abilities.insecureLinks ? ["--trust-sender"] : []);

/** The folder of the host's own root, of which only itself is wanted: by its name all that it holds would come. */
export const rootAlone = (argv: readonly string[]): string[] => [
  ...argv.slice(0, 1),
  "--filter=H *",
  ...argv.slice(1),
];

/** Options that say what facts are kept, and where. */
const ABOUT_FACTS = new Set(["--fake-super", "--super", "--atimes", "-U", "--crtimes", "-N"]);

/** Said before each name: what comes after `/./` is what a folder is called in the other tree. */
export const namesBelow = (tree: string): string => `${tree}/.`;

type FactsRequest = Pick<Settings, "rsyncArgs">;

/**
 * From one tree of this server to another: what folders are, and nothing of what they hold. With the rules about attributes lists are
 * given twice, and have to be: by itself one that a folder with the sticky bit has loses rights (rsync 3.5.0, seen). Their paths come after these words,
 * and then the other tree: a list of names is what rsync reads byte by byte.
 */
export const foldersArgs = ({ rsyncArgs }: FactsRequest, abilities: RsyncAbilities): string[] => [
  ...["rsync", "--dirs", "-ptgoAX", "--numeric-ids", "--relative", "--no-implied-dirs", "--modify-window=-1"],
  ...rulesOnto(abilities, { rsyncArgs }, "both"),
  ...(abilities.insecureLinks ? ["--insecure-links"] : []),
  ...rsyncArgs.filter((option) => ABOUT_FACTS.has(option)),
  "--",
];

/** The same for the folder above everything. */
export const rootArgs = (
  settings: FactsRequest,
  abilities: RsyncAbilities,
  from: string,
  to: string,
): string[] => [...rootAlone(foldersArgs(settings, abilities)), `${from}/./`, `${to}/`];
