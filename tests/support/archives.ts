// Archives as those who download them unpack them: with GNU tar, and with Python's zipfile, which checks every checksum.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./tool.ts";

/** Unpacks a tar into a new folder, as root does who wants everything of it. */
export async function unpackTar(archive: Buffer, folder: string): Promise<void> {
  mkdirSync(folder);
  const everything = ["--acls", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--same-permissions"];
  await runTool("tar", ["--extract", "--file=-", "--directory", folder, ...everything], { input: archive });
}

export type ZipEntry = {
  name: string;
  /** What the entry holds; null for a folder. */
  content: Buffer | null;
  /** Type and permissions, as stat has them. */
  mode: number;
  /** As its text says it: [year, month, day, hour, minute, second] in local time. */
  time: number[];
};

const READ_ZIP = `
import base64, json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps({
  "comment": archive.comment.decode("ascii"),
  "items": [{
    "name": one.filename, "mode": one.external_attr >> 16, "time": one.date_time,
    "content": None if one.is_dir() else base64.b64encode(archive.read(one)).decode(),
  } for one in archive.infolist()],
}))
`;

/** All entries of a zip. @throws Error when it is none, or a checksum is wrong */
export async function zipEntries(
  archive: Buffer,
  folder: string,
): Promise<{ comment: string; items: ZipEntry[] }> {
  const file = join(folder, "archive.zip");
  writeFileSync(file, archive);
  const { comment, items } = JSON.parse((await runTool("python3", ["-c", READ_ZIP, file])).toString());
  const asEntry = (item: ZipEntry & { content: string | null }): ZipEntry => ({
    ...item,
    content: item.content === null ? null : Buffer.from(item.content, "base64"),
  });
  return { comment, items: items.map(asEntry) };
}
