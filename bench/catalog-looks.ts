// What a person asks of a long history: the same actions that the commands call, and the commands themselves.
import type { App } from "../src/actions/app.ts";
import { findEntries } from "../src/actions/find-in-history.ts";
import {
  compareSnapshots,
  listEntries,
  listVersions,
  type PageWish,
} from "../src/actions/look-into-history.ts";
import type { Page } from "../src/domain/history.ts";
import { below, pick } from "../tests/support/random.ts";
import { anyFolder, anyPath } from "./catalog-data.ts";
import {
  BIG_FOLDER,
  BUSY_FOLDER,
  type CatalogTree,
  ENDINGS,
  HOT,
  nameOf,
  pathOf,
  TOP,
  WORDS,
} from "./catalog-tree.ts";

/** One thing to ask, as an action and as the words of its command. */
export type Question = {
  readonly ask: (app: App) => Promise<Page<unknown>>;
  readonly words: readonly string[];
};

export type CatalogLook = {
  readonly what: string;
  /** Null: no goal was set. */
  readonly limitMs: number | null;
  /** Many picks of a slow one would take an hour; of the slowest, all picks are alike. */
  readonly pace: "quick" | "slow" | "slowest";
  readonly question: (random: () => number) => Question;
};

export const HOST = "nas";
const [LISTING_MS, VERSIONS_MS, FINDING_MS] = [50, 20, 1000];
/** `pobsync find` shows so many when nobody says how many; the other commands show all. */
const FIRST_PAGE = 1000;
const ALL: PageWish = { limit: null, after: null };
const PAGE: PageWish = { limit: FIRST_PAGE, after: null };

/** @param snapshots names, oldest first */
export function catalogLooks(tree: CatalogTree, snapshots: readonly string[]): CatalogLook[] {
  return [
    ...listings(tree, snapshots),
    ...histories(tree),
    ...findings(tree),
    ...comparisons(tree, snapshots),
  ];
}

function listings(tree: CatalogTree, snapshots: readonly string[]): CatalogLook[] {
  const listing = (what: string, folder: (random: () => number) => string): CatalogLook => ({
    ...{ what: `ls: ${what}`, limitMs: LISTING_MS, pace: "quick" },
    question: (random) => {
      const [path, snapshot] = [`/${folder(random)}`, pick(random, snapshots) ?? ""];
      return {
        ask: (app) => listEntries(app, { host: HOST, path }, snapshot, ALL),
        words: ["ls", `${HOST}:${path}`, "--snapshot", snapshot],
      };
    },
  });
  return [
    listing("a folder", (random) => anyFolder(random, tree)),
    listing("the big folder", () => BIG_FOLDER),
    listing("the folder of sessions", () => BUSY_FOLDER),
  ];
}

function histories(tree: CatalogTree): CatalogLook[] {
  const history = (what: string, file: (random: () => number) => string): CatalogLook => ({
    ...{ what: `versions: ${what}`, limitMs: VERSIONS_MS, pace: "quick" },
    question: (random) => {
      const path = `/${file(random)}`;
      return {
        ask: (app) => listVersions(app, { host: HOST, path }, ALL),
        words: ["versions", `${HOST}:${path}`],
      };
    },
  });
  return [
    history("a file", (random) => anyPath(random, tree)),
    history("a file that changed every night", () => pathOf(tree, HOT)),
  ];
}

function findings(tree: CatalogTree): CatalogLook[] {
  const finding = (what: string, pattern: (random: () => number) => string): CatalogLook => ({
    ...{ what: `find: ${what}`, limitMs: FINDING_MS, pace: "slow" },
    question: (random) => {
      const wanted = pattern(random);
      return {
        ask: (app) => findEntries(app, wanted, HOST, PAGE),
        words: ["find", "--host", HOST, "--", wanted],
      };
    },
  });
  const aWord = (random: () => number): string => pick(random, WORDS) ?? "";
  const anEnding = (random: () => number): string => pick(random, ENDINGS) ?? "";
  return [
    finding("part of one name", (random) => nameOf(below(random, tree.given)).replace(/^[^-]*/, "")),
    finding("a word in one of forty names", aWord),
    finding("part of every name", () => "-0"),
    finding("nothing", (random) => `nothing-${below(random, 1e6)}`),
    finding("one letter with an accent", () => "É"),
    finding("a glob", (random) => `${aWord(random)}-*7.${anEnding(random)}`),
    finding("a part with a slash, of one folder", (random) => {
      const [above = "", name = ""] = anyFolder(random, tree).split("/").slice(-2);
      return `${above}/${name}/${aWord(random).slice(0, 2)}`;
    }),
    finding("a glob with slashes", (random) => `/${TOP}/*/${aWord(random)}-?/*.${anEnding(random)}`),
  ];
}

function comparisons(tree: CatalogTree, snapshots: readonly string[]): CatalogLook[] {
  type Pair = readonly [before: string, after: string];
  const comparison = (
    what: string,
    pace: CatalogLook["pace"],
    wish: PageWish,
    pair: (random: () => number) => Pair,
    folder: (random: () => number) => string = () => "",
  ): CatalogLook => ({
    ...{ what: `diff: ${what}`, limitMs: null, pace },
    question: (random) => {
      const names = pair(random);
      const place = { host: HOST, path: `/${folder(random)}` };
      const paged = wish.limit === null ? [] : ["--limit", String(wish.limit)];
      return {
        ask: (app) => compareSnapshots(app, place, names, wish),
        words: ["diff", HOST, ...names, place.path, ...paged],
      };
    },
  });
  const nameAt = (at: number): string => snapshots.at(at) ?? "";
  const firstAndLast = (): Pair => [nameAt(0), nameAt(-1)];
  const neighbours = (random: () => number): Pair => {
    const at = below(random, snapshots.length - 1);
    return [nameAt(at), nameAt(at + 1)];
  };
  const oneFolder = (random: () => number): string => anyFolder(random, tree);
  return [
    comparison("neighbours, a page", "slow", PAGE, neighbours),
    comparison("neighbours, all", "slow", ALL, neighbours),
    comparison("neighbours, in one folder", "quick", ALL, neighbours, oneFolder),
    comparison("first and last, in one folder", "quick", ALL, firstAndLast, oneFolder),
    comparison("first and last, a page", "slowest", PAGE, firstAndLast),
    comparison("first and last, all", "slowest", ALL, firstAndLast),
  ];
}
