// What somebody wants to have back, and how it is sent and typed.
import { shellWord } from "../../parts/command-line.tsx";

export type Target =
  | { readonly to: "folder"; readonly dir: string }
  | { readonly to: "host"; readonly host: string; readonly dir: string }
  | { readonly to: "in-place" };

export interface Wish {
  readonly host: string;
  readonly snapshot: string;
  readonly path: string;
  readonly target: Target;
  readonly delete: boolean;
  readonly check: boolean;
}

export function wishInput({ target, ...wish }: Wish) {
  return {
    ...wish,
    target:
      target.to === "host"
        ? {
            to: "host" as const,
            host: target.host.trim(),
            ...(target.dir.trim() === "" ? {} : { dir: target.dir.trim() }),
          }
        : target.to === "folder"
          ? { to: "folder" as const, dir: target.dir.trim() }
          : { to: "in-place" as const },
  };
}

export const isComplete = ({ target }: Wish): boolean =>
  target.to === "in-place" ||
  (target.to === "host" ? target.host.trim() !== "" : target.dir.trim().startsWith("/"));

export function wishCommand({ host, snapshot, path, target, delete: deletes, check }: Wish): string {
  return [
    `pobsync restore ${shellWord(path === "/" ? host : `${host}:${path}`)}`,
    ...(snapshot === "latest" ? [] : [`--snapshot ${snapshot}`]),
    targetOption(target),
    ...(deletes ? ["--delete"] : []),
    ...(check ? ["--check"] : []),
  ].join(" ");
}

function targetOption(target: Target): string {
  switch (target.to) {
    case "folder":
      return `--to ${shellWord(target.dir.trim() || "DIR")}`;
    case "host":
      return `--to-host ${shellWord(`${target.host.trim() || "HOST"}${target.dir.trim() === "" ? "" : `:${target.dir.trim()}`}`)}`;
    case "in-place":
      return "--in-place";
    default:
      return target satisfies never;
  }
}
