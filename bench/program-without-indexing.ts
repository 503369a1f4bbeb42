// pobsync as it would be without indexing after a run: the same sources and bundler, but for the one file that decides
// when to index. The product needs no switch for it, and what loading the catalog's code costs is measured, too.
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "rolldown";
import bundle from "../rolldown.config.ts";

const LEFT_OUT = "/src/actions/index-history.ts";
const IN_ITS_PLACE = `
  export const indexAfter = async () => {};
  export const spareTime = () => ({ use: () => {}, end: async () => {} });
`;

/** Builds it in a folder that is not there yet, laid out as a checkout is. @returns the program to start */
export async function buildWithoutIndexing(folder: string): Promise<string> {
  mkdirSync(folder);
  for (const part of ["bin", "package.json"]) cpSync(part, join(folder, part), { recursive: true });
  // Node itself comes from there.
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  let replaced = 0;
  const leaveOut = {
    name: "without-indexing",
    load: (id: string): string | null => {
      if (!id.endsWith(LEFT_OUT)) return null;
      replaced += 1;
      return IN_ITS_PLACE;
    },
  };
  const { output, ...how } = oneOf(bundle);
  await build({ ...how, plugins: [leaveOut], output: { ...oneOf(output), dir: join(folder, "dist") } });
  if (replaced !== 1) throw new Error(`${LEFT_OUT} was not left out: is it somewhere else by now?`);
  return join(folder, "bin", "pobsync");
}

/** The bundler takes lists as well; ours are none. */
function oneOf<One>(given: One | readonly One[] | undefined): One {
  const [one] = [given].flat() as (One | undefined)[];
  if (one === undefined) throw new Error("rolldown.config.ts says nothing of it");
  return one;
}
