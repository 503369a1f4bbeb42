// Why a path is not in a snapshot, and where it is: the next step of whoever looks for a lost file.
import { indexedSnapshots } from "../catalog/catalog.ts";
import { entryAt, pathId } from "../catalog/look-ups.ts";
import { placesOf, versionsAt } from "../catalog/path-history.ts";
import { behindLink, bytesBelowRoot, type HostPath } from "../domain/host-path.ts";
import { findCommand } from "../domain/name-pattern.ts";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { History, PlacedSnapshot } from "./open-history.ts";

export function missingEntry(history: History, place: HostPath, snapshot: PlacedSnapshot): Problem {
  const message = `${snapshot.name} of ${place.host} has nothing at ${place.path}.`;
  const obstacle = onTheWay(history, place, snapshot);
  return new Problem("not_found", message, {
    hint:
      (obstacle?.isLink === true ? obstacle.hint : otherSnapshot(history, place, snapshot)) ??
      obstacle?.hint ??
      elsewhere(place),
  });
}

/** The same for one that no snapshot ever had. */
export const unknownPath = (history: History, place: HostPath): Problem => {
  const [newest] = history.snapshots;
  const obstacle = newest === undefined ? null : onTheWay(history, place, newest);
  return new Problem("not_found", `No snapshot of ${place.host} has anything at ${place.path}.`, {
    hint: obstacle?.hint ?? elsewhere(place),
  });
};

/** What on the way to a path is no folder. */
function onTheWay(
  { catalog }: History,
  { host, path }: HostPath,
  { seq, name }: PlacedSnapshot,
): { readonly isLink: boolean; readonly hint: string } | null {
  const names = path.split("/").slice(1);
  for (let length = 1; length < names.length; length += 1) {
    const above = `/${names.slice(0, length).join("/")}`;
    const entry = entryAt(catalog, Buffer.from(bytesBelowRoot(above)), seq);
    if (entry === null || entry.type === "d") continue;
    if (entry.type !== "l")
      return { isLink: false, hint: `${above} is no folder there, so nothing lies below it.` };
    const target = pathText(entry.target ?? Buffer.alloc(0));
    const behind = shellWord(`${host}:${behindLink(above, target, path)}`);
    const hint = `${above} is a link to ${target} there. Look where it points: pobsync ls ${behind} --snapshot ${name}`;
    return { isLink: true, hint };
  }
  return null;
}

/** The nearest one that has it: an older one, if there is any. */
function otherSnapshot(
  { catalog }: History,
  { host, path }: HostPath,
  { seq }: PlacedSnapshot,
): string | null {
  const id = pathId(catalog, Buffer.from(bytesBelowRoot(path)));
  const versions = id === null ? [] : versionsAt(catalog, id, placesOf(catalog));
  const older = versions.find(({ first }) => first < seq);
  const nearest = older ?? versions.at(-1);
  if (nearest === undefined) return null;
  const snapshot = indexedSnapshots(catalog)[older === undefined ? nearest.oldest : nearest.newest]?.name;
  return `It is in ${snapshot}: add --snapshot ${snapshot}. All it ever was: pobsync versions ${shellWord(`${host}:${path}`)}`;
}

function elsewhere({ host, path }: HostPath): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return `Look for it everywhere: ${findCommand(name, host)}`;
}
