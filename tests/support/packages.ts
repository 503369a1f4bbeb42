// What `npm run package` has made: built once for the tests that install it.
import { fileURLToPath } from "node:url";
import { runTool } from "./tool.ts";

/** The folder with the packages. */
export const PACKAGES = fileURLToPath(new URL("../../build/packages/", import.meta.url));

export async function setup(): Promise<void> {
  await runTool(process.execPath, ["scripts/build.ts"]);
  await runTool(process.execPath, ["scripts/package.ts"]);
}
