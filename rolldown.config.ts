// Bundles the program with all of its packages into dist/, which then runs without node_modules. Every command
// is imported dynamically and becomes a chunk of its own, so that starting one reads little else.
import { defineConfig, type Plugin } from "rolldown";

/**
 * What every command reads first must not wait for what few of them need: such a circle of files fails only when the program starts
 * ("Cannot access … before initialization"), and types and tests of sources see nothing of it. What most do must not bring along
 * what is sent or printed once a day.
 */
const chunksStandAlone: Plugin = {
  name: "chunks-stand-alone",
  generateBundle(_, bundle) {
    for (const [file, refused] of Object.entries({ "core.js": GROUPS, "work.js": RARE, ...SHORT })) {
      const chunk = bundle[file];
      const found = chunk?.type === "chunk" ? chunk.imports.filter((name) => refused.includes(name)) : [];
      if (found.length > 0)
        this.error(
          `${file} needs ${found.join(", ")}: move what it wants there, or import that when it is needed`,
        );
    }
  },
};

/** Node keeps the source of what it has loaded, and takes two bytes a character for a file with a single one beyond Latin letters. */
const asciiOnly: Plugin = {
  name: "ascii-only",
  renderChunk: (code) => code.replace(/[^\0-\x7f]/g, asEscape),
};
const asEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

const GROUPS = [
  "calendar",
  "retention",
  "people",
  "legacy",
  "dump",
  "alerts",
  "pdf",
  "metrics",
  "mail",
  "conditions",
  "work",
].map((name) => `${name}.js`);
const RARE = ["pdf", "metrics", "mail"].map((name) => `${name}.js`);
/** What each command that looks into the database loads, and one that does nothing else. */
const SHORT = Object.fromEntries(
  ["database.js", "spare-memory.js", "status.js"].map((file) => [file, ["work.js"]]),
);

export default defineConfig({
  plugins: [chunksStandAlone, asciiOnly],
  input: { pobsync: "src/main/cli.ts", hasher: "src/main/hasher.ts" },
  // Said aloud, because it would be so anyhow and be warned about.
  preserveEntrySignatures: "allow-extension",
  platform: "node",
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    // No hashes in names: nobody caches these files for long, and stable names keep the compile cache from growing.
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // Not minified: a stack trace in somebody's log should be readable as it is.
    minify: false,
    // Comments on functions are read by nobody there, and by Node at every start.
    comments: { legal: true, annotation: false, jsdoc: false },
    // Opening twenty small files would take a fifth of a short command's time, so what most commands need lies in
    // one file, and what only those need that reach for hosts and disks in another.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        // Due times, and what stays and goes: only for those that look at a calendar.
        { name: "calendar", test: /node_modules\/(croner|cronstrue)\/|src\/domain\/(cron|schedule)/ },
        {
          name: "retention",
          test: /src\/domain\/(calendar-days|retention|pin-input|snapshot-choice|foreign-history)/,
        },
        {
          name: "people",
          test: /node_modules\/otpauth\/|src\/(actions\/people\/|store\/(users|credentials|sessions|api-tokens|login-throttles)\.ts|system\/(passwords|secrets|totp|given-password)\.ts|domain\/(people|people-input|password|login-throttle)\.ts)/,
        },
        // Once in a lifetime: configurations of others, and moving to another database.
        {
          name: "legacy",
          test: /node_modules\/yaml\/|src\/(domain\/legacy|system\/legacy-files|actions\/(import|export)-configs)/,
        },
        {
          name: "dump",
          test: /src\/(domain\/dump|store\/(dump-|load-rows)|actions\/(dump-data|load-data|read-dump))/,
        },
        // Who is told what: for those that look after it.
        {
          name: "alerts",
          test: /src\/(domain\/(alert-notices|alert-text|digest)|actions\/alerts\/(?!lookout))/,
        },
        // Large, and only for whoever wants a report on paper.
        {
          name: "pdf",
          test: /node_modules\/(pdfkit|fontkit|linebreak|png-js|fflate|restructure|brotli|unicode-|dfa|clone|tiny-inflate|fast-deep-equal|base64-js|@swc\/helpers|@noble)|src\/shapes\/report-pdf/,
        },
        // Only for whoever asks for metrics.
        {
          name: "metrics",
          test: /src\/(domain\/(metric|site-metrics)|store\/metric-facts|actions\/read-metrics)/,
        },
        // Only for whoever has a channel for it.
        { name: "mail", test: /node_modules\/nodemailer\/|src\/system\/send-mail/ },
        {
          name: "conditions",
          test: /src\/actions\/(site-conditions|site-facts|host-reads|needs-attention|site-troubles|suspicious-hosts|forecast-disk|page-hosts|nobody-works)\.ts/,
        },
        {
          name: "core",
          test: /node_modules\/kysely\/|src\/(store|domain\/(?!problem|[a-z]+-problems|count|node\.ts)|actions\/(app|host-context|list-hosts|site-status|presence|patience|why-waiting)\.ts|system\/(backup-root|disk-problem|durable|process-identity|spare-memory)\.ts)/,
        },
        // What most commands say their answers with, together in one file.
        {
          name: "answers",
          test: /src\/(cli\/(command|words|table|pruned|(host|setting|run|restore)-text)|shapes\/((status|proof|anomaly|enroll|check)-)?shapes)\.ts/,
        },
        // What reads contents is a program of its own.
        { name: "work", test: /src\/(actions|system\/(?!hash-contents|clock))/ },
      ],
    },
  },
});
