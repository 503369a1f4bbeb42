// Whether a disk takes attributes of users' files, in which rsync keeps what only root could give a file.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { runProgramWithin } from "./program.ts";

const ANSWER_WITHIN_MS = 20_000;

/** Tried with rsync itself: a set-uid bit has to go into an attribute. Refuses with `attributes_unsupported`. */
export async function requireAttributes(folder: string): Promise<void> {
  const place = await mkdtemp(join(folder, ".attributes-"));
  try {
    const [from, to] = [join(place, "from"), join(place, "to")];
    await writeFile(from, "", { mode: 0o600 });
    const words = ["rsync", "--perms", "--chmod=u+s", "-M--fake-super", "--", from, to];
    const { code, stderr } = await runProgramWithin(ANSWER_WITHIN_MS, words);
    if (code === 0) return;
    throw new Problem("attributes_unsupported", `The disk of ${folder} does not keep attributes of files.`, {
      detail: stderr.trim() || null,
    });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
