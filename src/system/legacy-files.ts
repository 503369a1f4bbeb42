// Configuration files of others: the predecessor's config/global.yaml and config/hosts/*.yaml below a prefix, and rsnapshot's.
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDocument, stringify } from "yaml";
import type { LegacyFiles } from "../domain/legacy/configuration.ts";
import type { LegacyFile } from "../domain/legacy/export.ts";
import { Problem } from "../domain/problem.ts";

const GLOBAL = "config/global.yaml";
const HOSTS = "config/hosts";
const BYTES_MAX = 1024 * 1024;
/** Files that refer to themselves over and over could fill the memory. */
const ALIASES_MAX = 100;

/** Refuses with `not_found` when there is neither a global file nor one of a host, with `bad_input` what is no YAML. */
export async function readLegacyFiles(prefix: string): Promise<LegacyFiles> {
  const global = await readYaml(prefix, GLOBAL);
  const names = (await readdir(join(prefix, HOSTS)).catch(missingIs<string[]>([]))).sort();
  const hosts: { name: string; file: string; value: unknown }[] = [];
  for (const entry of names) {
    const name = /^([^.].*)\.ya?ml$/.exec(entry)?.[1];
    const file = `${HOSTS}/${entry}`;
    if (name !== undefined) hosts.push({ name, file, value: (await readYaml(prefix, file))?.value });
  }
  if (global === null && hosts.length === 0)
    throw new Problem("not_found", `There is no ${GLOBAL} and no ${HOSTS}/*.yaml below ${prefix}.`, {
      hint: "Say where they are: pobsync import-configs --prefix FOLDER",
    });
  return { global, hosts };
}

/** One file of another program. Refuses with `not_found`, and with `bad_input` what is no configuration. */
export async function readConfigurationText(path: string): Promise<string> {
  const bytes = await readFile(path).catch(missingIs(null));
  if (bytes === null)
    throw new Problem("not_found", `There is no file ${path}.`, { hint: "Nothing was changed." });
  return textOf(path, bytes);
}

function textOf(file: string, bytes: Buffer): string {
  if (bytes.length > BYTES_MAX) throw new Problem("bad_input", `${file} is larger than any configuration.`);
  return bytes.toString("utf8");
}

async function readYaml(prefix: string, file: string): Promise<{ file: string; value: unknown } | null> {
  const bytes = await readFile(join(prefix, file)).catch(missingIs(null));
  if (bytes === null) return null;
  const document = parseDocument(textOf(file, bytes));
  const [error] = document.errors;
  if (error !== undefined)
    throw new Problem("bad_input", `${file} is no YAML: ${error.message.split("\n")[0]}`, {
      hint: "Mend the file; nothing was changed.",
    });
  try {
    return { file, value: document.toJS({ maxAliasCount: ALIASES_MAX }) };
  } catch (error) {
    throw new Problem("bad_input", `${file} cannot be read: ${(error as Error).message}`);
  }
}

const missingIs =
  <T>(nothing: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return nothing;
    throw new Problem("bad_input", `${error.path ?? "A file"} cannot be read.`, { detail: error.message });
  };

/** Files by their names below the prefix, each whole or not at all. Refuses to overwrite any, unless that is wanted. */
export async function writeLegacyFiles(
  prefix: string,
  files: ReadonlyMap<string, LegacyFile>,
  overwrite: boolean,
): Promise<void> {
  for (const file of overwrite ? [] : files.keys())
    if (existsSync(join(prefix, file)))
      throw new Problem("bad_input", `${join(prefix, file)} is there already.`, {
        hint: "Nothing was written. Choose another --prefix, or say --overwrite.",
      });
  for (const [file, { value, unsaid }] of files) {
    const path = join(prefix, file);
    await mkdir(dirname(path), { recursive: true });
    const remarks = unsaid.map((what) => `# This format has no words for: ${what}\n`);
    await writeWhole(
      path,
      `# Written by pobsync export-configs.\n${remarks.join("")}${stringify(value)}`,
      overwrite,
    );
  }
}

async function writeWhole(path: string, text: string, overwrite: boolean): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  // With a link the name is taken only when it is free; a rename would take it in any case.
  const file = await open(overwrite ? beside : path, "wx", 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(overwrite ? beside : path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  if (overwrite) await rename(beside, path);
}

export const legacyHostFile = (name: string): string => `${HOSTS}/${name}.yaml`;
export const LEGACY_GLOBAL_FILE = GLOBAL;
