// Builds dist/ once before the tests that start the real program: they test what users run.
import { runTool } from "./tool.ts";

export async function setup(): Promise<void> {
  await runTool(process.execPath, ["scripts/build.ts"]);
}
