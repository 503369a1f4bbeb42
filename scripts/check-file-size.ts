// Fails when a source file has grown past the house's limit: then two things live in it, and want two names.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LINES_MAX = 250;
const FOLDERS = ["src", "web", "tests", "bench", "bin", "scripts"];
/** Sources of any kind; files without an extension are the launchers in bin/. */
const SOURCE = /(^|\/)[^./]+$|\.(ts|tsx|js|mjs|cjs|css|html|sh)$/;

const tooLong = FOLDERS.filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => SOURCE.test(path))
  .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }))
  .filter(({ lines }) => lines > LINES_MAX);

for (const { path, lines } of tooLong) console.log(`${path}: ${lines} lines (at most ${LINES_MAX})`);
process.exitCode = tooLong.length === 0 ? 0 : 1;
