// The walls of the house: who may import whom. The folder list is the architecture, imports go down only:
//
//   main → http, cli → shapes → actions → store, catalog, system → domain
//   web → contract ← http, cli
//
// Run with `npm run check`; a broken rule prints its reason. Type-only imports count like any other.

/** Everything that is ours; a folder may import itself and what its rule names, nothing else of it. */
const OURS = "^(src|web|tests|bench|scripts|bin|dist)/";
/** Files of src/ that do not live in one of these folders. */
const outside = (...folders) => ({ path: "^src/", pathNot: `^src/(${folders.join("|")})/` });
const builtin = (names) => ({ dependencyTypes: ["core"], path: `^(node:)?(${names})$` });
const NPM = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

const error = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });
const layer = (folder, may, comment) =>
  error(
    `${folder}-imports-only-${["itself", ...may].join("-")}`,
    comment,
    { path: `^src/${folder}/` },
    { path: OURS, pathNot: `^src/(${[folder, ...may].join("|")})/` },
  );

module.exports = {
  forbidden: [
    layer("domain", [], "Nouns and rules: each can be tested without a disk, a clock or a database."),
    layer(
      "contract",
      [],
      "The words that cross a wire. Shapes outlive the code behind them, so they know nobody.",
    ),
    layer("store", ["domain"], "SQL is the source of truth; it has never heard of rsync, catalogs or HTTP."),
    layer("catalog", ["domain"], "One host's file index; it has never heard of the database or of rsync."),
    layer("system", ["domain"], "The outside world; it has never heard of SQL."),
    layer(
      "actions",
      ["domain", "store", "catalog", "system"],
      "The stories: the one place where SQL, catalog and outside world meet. They speak domain types; http and cli translate them into the contract.",
    ),
    layer(
      "shapes",
      ["domain", "store", "actions", "contract"],
      "From our types to the words that cross a wire, once for the API and for --json. They decide nothing.",
    ),
    layer(
      "http",
      ["domain", "store", "actions", "shapes", "contract"],
      "Routes read the store and call actions; they never touch disks, processes or catalogs themselves.",
    ),
    layer(
      "cli",
      ["domain", "store", "actions", "shapes", "contract"],
      "Commands read the store and call actions; they never touch disks, processes or catalogs themselves.",
    ),
    layer(
      "main",
      ["domain", "store", "catalog", "system", "actions", "http", "cli"],
      "Entry points build everything once and hand it down; the contract is for those who talk on a wire.",
    ),
    error(
      "web-imports-only-contract",
      "The console runs in a browser and knows the server by its contract alone.",
      { path: "^web/" },
      { path: OURS, pathNot: "^(web|src/contract)/" },
    ),
    error(
      "src-has-no-loose-files",
      "Every file lives in a folder of the architecture: a file outside them would escape all rules.",
      outside("domain", "contract", "store", "catalog", "system", "actions", "shapes", "http", "cli", "main"),
      {},
    ),

    error(
      "domain-is-pure",
      "No node: modules and no packages: no I/O, no clock, nothing to set up in a test. (A calendar is a rule, and pure.)",
      { path: "^src/domain/" },
      { dependencyTypes: ["core", ...NPM], pathNot: "node_modules/(croner|cronstrue)/" },
    ),
    error(
      "contract-needs-only-zod-and-orpc",
      "The contract is also bundled for the browser.",
      { path: "^src/contract/" },
      { dependencyTypes: ["core", ...NPM], pathNot: "node_modules/(zod|@orpc/contract)/" },
    ),
    error(
      "only-store-speaks-sql",
      "The query builder and the drivers stay behind functions that speak domain types.",
      outside("store"),
      { path: "node_modules/(kysely|mysql2)/" },
    ),
    error(
      "only-store-and-catalog-open-sqlite",
      "Who opens a database decides about its durability and locking; that is said in two places only.",
      outside("store", "catalog"),
      builtin("sqlite"),
    ),
    error(
      "only-system-starts-processes",
      "One place knows how a program is started, watched, redacted and killed with all its children.",
      outside("system"),
      builtin("child_process"),
    ),
    error(
      "only-system-touches-disks",
      "Snapshots are only safe when all that touches them is in one place. (store opens its database file, main reads secrets.)",
      outside("system", "store", "main"),
      builtin("fs|fs/promises"),
    ),

    error(
      "no-development-packages-in-the-product",
      "What src/ imports must be in `dependencies`, or an installation without development packages breaks.",
      { path: "^src/" },
      { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm", "npm-optional", "type-only"] },
    ),
    error(
      "no-undeclared-packages",
      "A package that is only there because another one brought it may be gone tomorrow.",
      { path: OURS },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    ),
    error(
      "no-unresolved-imports",
      "The imported file or package does not exist.",
      {},
      { couldNotResolve: true, pathNot: "^virtual:" },
    ),
    error(
      "no-cycles",
      "Two files that need each other are one file, or miss a third.",
      {},
      { circular: true },
    ),
    error(
      "no-orphans",
      "A file that imports nothing and is imported by nobody has no reason to exist.",
      { orphan: true, path: "^(src|web)/", pathNot: "^src/main/|^web/main\\.|\\.d\\.ts$" },
      {},
    ),
  ],
  options: {
    // Type-only imports are gone before Node sees them, but they couple files all the same.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
    },
  },
};
