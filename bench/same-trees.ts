// Proof that two sides made the same tree: a fast copy of less would be no win.
import { runTool } from "../tests/support/tool.ts";

/** @throws Error with the first differences when the trees differ in anything that rsync compares, or in sharing files */
export async function requireSameTrees(ours: string, theirs: string, bothLink = true): Promise<void> {
  const options = ["-naHAX", "--delete", "--modify-window=-1", "--itemize-changes"];
  const differences = await runTool("rsync", [...options, `${ours}/`, `${theirs}/`]);
  if (differences.length > 0)
    throw new Error(`the two sides made different trees:\n${differences.toString().slice(0, 2000)}`);
  if (!bothLink) return;
  const [shared, sharedByRsync] = await Promise.all([ours, theirs].map(sharedFiles));
  if (shared !== sharedByRsync)
    throw new Error(`pobsync's tree shares ${shared} files with others, plain rsync's ${sharedByRsync}`);
}

/** How many files of the tree have more than one name, in it or in other trees. */
async function sharedFiles(tree: string): Promise<number> {
  return (await runTool("find", [`${tree}/`, "-type", "f", "-links", "+1", "-printf", "x"])).length;
}
