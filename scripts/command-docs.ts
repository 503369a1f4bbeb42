// Makes docs/commands/: a page for each command, from what its --help prints, and the list of them.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COMMANDS } from "../src/cli/commands.ts";

export const COMMAND_DOCS = fileURLToPath(new URL("../docs/commands", import.meta.url));

/** Pages by their file names. */
export type Pages = Readonly<Record<string, string>>;

/** What `pobsync NAME --help` prints, by name, where no terminal says how wide it is: in 80 columns, without colours. */
export type Helps = ReadonlyMap<string, string>;

const sentence = (summary: string): string => `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;

const pageOf = (name: string, summary: string, help: string): string =>
  `# pobsync ${name}

${sentence(summary)}

\`\`\`text
${help.trimEnd()}
\`\`\`

[All commands](README.md)
`;

function listOfAll(): string {
  const rows = COMMANDS.map(({ name, summary }) => `| [\`pobsync ${name}\`](${name}.md) | ${summary} |`);
  return `# Commands

Each page is what \`pobsync COMMAND --help\` prints. \`--json\`, \`--quiet\` and \`--no-color\` are understood by all of them: with \`--json\` one
document goes to stdout and everything else to stderr. What a command ends with is in [exit-codes.md](../exit-codes.md), how they are
used in [operating.md](../operating.md).

| command | does |
|---|---|
${rows.join("\n")}
`;
}

/** All pages as they should be. */
export const commandPages = (helps: Helps): Pages =>
  Object.fromEntries([
    ["README.md", listOfAll()],
    ...COMMANDS.map(({ name, summary }) => [`${name}.md`, pageOf(name, summary, helps.get(name) ?? "")]),
  ]);

/** All pages as they are. */
export const writtenPages = (): Pages =>
  Object.fromEntries(
    readdirSync(COMMAND_DOCS).map((file) => [file, readFileSync(join(COMMAND_DOCS, file), "utf8")]),
  );

const TELL_ALL = `
  import { main } from "./src/main/cli.ts";
  for (const name of process.argv.slice(1)) {
    await main([name, "--help"], {});
    process.stdout.write("\\0");
  }`;

/** From the sources, because what was built may be older, and through a pipe, because a terminal has a width. */
async function helpsFromSources(): Promise<Helps> {
  const names = COMMANDS.map(({ name }) => name);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", TELL_ALL, ...names],
    { cwd: join(COMMAND_DOCS, "../.."), env: {} },
  );
  const helps = stdout.split("\0");
  return new Map(names.map((name, index) => [name, helps[index] ?? ""]));
}

if (import.meta.main) {
  const pages = commandPages(await helpsFromSources());
  rmSync(COMMAND_DOCS, { recursive: true, force: true });
  mkdirSync(COMMAND_DOCS);
  for (const [file, text] of Object.entries(pages)) writeFileSync(join(COMMAND_DOCS, file), text);
}
