// The licences of the packages that are bundled into what users install.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Record<string, string>;
}

const IMPORT = /from "((?:@[\w.-]+\/)?[\w.-]+)/g;

/** Packages that the console's sources name. What they import besides, such as Node's own modules, is in no lockfile. */
const importedBy = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(IMPORT)].map(([, name]) => name ?? ""),
    );

/** Folder by folder, as they are locked: what the server and the console are built from, and what that needs. */
function bundled(): Map<string, Locked> {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, Locked>;
  };
  const found = new Map<string, Locked>();
  const add = (name: string, from: string): void => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
      const place = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
      const facts = packages[place];
      if (facts !== undefined) {
        if (found.has(place)) return;
        found.set(place, facts);
        for (const needed of Object.keys(facts.dependencies ?? {})) add(needed, place);
        return;
      }
      if (at === "") return;
    }
  };
  const wanted = [
    ...Object.keys(packages[""]?.dependencies ?? {}),
    ...importedBy("web"),
    "@fontsource-variable/inter",
  ];
  for (const name of wanted) add(name, "");
  return found;
}

function textOf(folder: string): string {
  if (!existsSync(folder)) return "";
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
}

/** One text: of each package its name, version, licence, and the licence's words where the package has them. */
export const licences = (): string =>
  `${[...bundled()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, { version, license }]) => {
      const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
      return `${name} ${version} (${license})${textOf(folder)}`;
    })
    .join(`\n\n${"-".repeat(72)}\n\n`)}\n`;
