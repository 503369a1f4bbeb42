// What a person has to be told of a verification.
import { countText } from "./count-text.ts";
import { Problem } from "./problem.ts";
import type { DamagedFile, Mending, UnreadableFile, VerifyResult } from "./verify-result.ts";

const isLeft = ({ repaired }: Mending): boolean => repaired === null;

/** What is still not as it should be; null when all is well by now. */
export function damageProblem({ damaged, unreadable }: VerifyResult): Problem | null {
  const stillDamaged = damaged.filter(isLeft);
  const stillUnreadable = unreadable.filter(isLeft);
  // Whoever has asked for a repair need not be told to.
  const wasTried = [...stillDamaged, ...stillUnreadable].some(({ whyNot }) => whyNot !== null);
  const hint = wasTried
    ? { hint: "The detail says why each could not be mended. Look at the disk as well: smartctl, dmesg." }
    : {};
  if (stillDamaged.length > 0)
    return new Problem(
      "content_damaged",
      `${countText(stillDamaged.length, "stored file is", "stored files are")} not what the host had.`,
      { detail: stillDamaged.map(damageLine).join("\n"), ...hint },
    );
  if (stillUnreadable.length === 0) return null;
  return new Problem(
    "content_unreadable",
    `${countText(stillUnreadable.length, "stored file", "stored files")} could not be read.`,
    { detail: stillUnreadable.map(unreadableLine).join("\n"), ...hint },
  );
}

/** What was mended, as a warning; none when nothing had to be, or could be. */
export function repairedWarnings({ damaged, unreadable }: VerifyResult): Problem[] {
  const lines = [
    ...damaged.filter((one) => !isLeft(one)).map(damageLine),
    ...unreadable.filter((one) => !isLeft(one)).map(unreadableLine),
  ];
  if (lines.length === 0) return [];
  const what = countText(lines.length, "damaged stored file was", "damaged stored files were");
  return [new Problem("content_repaired", `${what} repaired.`, { detail: lines.join("\n") })];
}

function damageLine(file: DamagedFile): string {
  const { path, snapshots, healthy, expected, found } = file;
  const [first = "?"] = snapshots;
  const where = snapshots.length === 1 ? first : `${snapshots.length} snapshots from ${first} on`;
  const copy =
    expected === found
      ? "its content is right by now, its time or mode is not"
      : healthy === null
        ? "no other copy here"
        : `a healthy copy: ${healthy.path} in ${healthy.snapshot}`;
  return `${path} in ${where}; ${mendingText(file) ?? copy}`;
}

function unreadableLine(file: UnreadableFile): string {
  const what = mendingText(file);
  return `${file.path} (${file.error})${what === null ? "" : `; ${what}`}`;
}

/** What was done about it; null when nobody asked for that. */
function mendingText({ repaired, whyNot }: Mending): string | null {
  switch (repaired) {
    case "copy":
      return "repaired from a copy here";
    case "host":
      return "repaired from the host";
    case null:
      return whyNot === null ? null : `not repaired: ${whyNot}`;
    default:
      return repaired satisfies never;
  }
}
