// How the tree of a backup begins, chosen by what the backup disk can do and what is wanted of it.
import type { Settings } from "../domain/settings.ts";
import { type Beginning, beginningFor, beginTree, whyNoSubvolumesIn } from "../system/begin-tree.ts";
import type { RunLog } from "../system/run-log.ts";
import type { Workplace } from "../system/snapshot-tree.ts";
import { isOnBtrfs } from "../system/subvolume.ts";
import type { RunControl } from "./keep-lease.ts";

interface Beginner {
  readonly settings: Pick<Settings, "btrfsSnapshots">;
  readonly log: RunLog;
  readonly control: Pick<RunControl, "onSharing" | "stop">;
}

/**
 * @param base the tree of the snapshot to share unchanged files with
 * @returns the workplace as it is from here on
 */
export async function beginAttempt(
  { settings, log, control }: Beginner,
  workplace: Workplace,
  base: string | null,
): Promise<Workplace> {
  if (!(await isOnBtrfs(workplace.path))) {
    await control.onSharing("hard links");
    return workplace;
  }
  const whyNot =
    settings.btrfsSnapshots === "off"
      ? "they are switched off (--btrfs-snapshots off)"
      : await whyNoSubvolumesIn(workplace.path);
  const beginning = await beginningFor(base, whyNot === null);
  void log.writeImportant(
    `! ${wordsFor(beginning)}${whyNot === null ? "" : `; no btrfs snapshot: ${whyNot}`}\n`,
  );
  await control.onSharing(whyNot === null ? "btrfs snapshot" : "hard links");
  return beginTree(workplace, beginning, base, control.stop);
}

function wordsFor(beginning: Beginning): string {
  switch (beginning) {
    case "links":
      return "Unchanged files are shared by hard links";
    case "subvolume":
      return "The first tree of this host that is a btrfs subvolume";
    case "snapshot":
      return "Begun as a btrfs snapshot of the last tree";
    case "into subvolume":
      return "The last tree is no btrfs subvolume: each of its files is made anew once, sharing its content";
    case "into folder":
      return "The last tree is a btrfs subvolume: each of its files is made anew once, sharing its content";
  }
}
