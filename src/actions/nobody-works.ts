// Whether anybody sees to the queue.
import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import type { SeenWorker } from "../store/workers.ts";

/**
 * What is missing among those that are alive. Without a scheduler nothing comes due, and without a worker what is queued
 * waits for ever; where there is neither a schedule nor a queue, nobody is missed.
 *
 * @param nodes backup servers that keep a host which is backed up
 */
export function nobodyWorks(
  alive: readonly SeenWorker[],
  schedules: number,
  queued: number,
  nodes: readonly string[],
): Problem[] {
  const isThere = (wanted: string): boolean => alive.some(({ role }) => role === wanted);
  const missing = (what: string, why: string): Problem =>
    new Problem("nobody_works", `No ${what} is running, ${why}.`);
  return [
    ...(schedules > 0 && !isThere("scheduler")
      ? [missing("scheduler", `so none of the ${countText(schedules, "schedule")} comes due`)]
      : []),
    ...(schedules === 0 && queued === 0
      ? []
      : !isThere("worker")
        ? [missing("worker", `so what is queued waits (${countText(queued, "run")} now)`)]
        : nodes
            .filter((node) => !alive.some((one) => one.role === "worker" && one.node === node))
            .map((node) =>
              missing(`worker of the backup server ${node}`, "so what is queued for its hosts waits"),
            )),
  ];
}
