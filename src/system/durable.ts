// Making things survive a power cut: flush the content, then the name, then the folder that holds the name.
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a small file that is either whole or not there. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Flushes a folder's entries, such as a name that was just given. */
export async function syncFolder(path: string | Buffer): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
