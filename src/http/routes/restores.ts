// Restores: a look that is queued, and the restore that somebody agreed to.
import { type AskedRestore, queuePreview, queueRestoreOf } from "../../actions/queue-restore.ts";
import { parseHostName } from "../../domain/host-address.ts";
import { parsePlace } from "../../domain/host-path.ts";
import { folderTarget, hostTarget, type RestoreTarget } from "../../domain/restore.ts";
import { runJson } from "../../shapes/shapes.ts";
import { routes } from "../implement.ts";

const { restores: os } = routes;

type TargetInput =
  | { readonly to: "folder"; readonly dir: string }
  | { readonly to: "host"; readonly host: string; readonly dir?: string | undefined }
  | { readonly to: "in-place" };

interface Input {
  readonly host: string;
  readonly snapshot?: string | undefined;
  readonly path?: string | undefined;
  readonly target: TargetInput;
  readonly delete?: boolean | undefined;
  readonly check?: boolean | undefined;
}

function targetOf(target: TargetInput): RestoreTarget {
  switch (target.to) {
    case "folder":
      return folderTarget(target.dir);
    case "host": {
      const host = parseHostName(target.host);
      return hostTarget(target.dir === undefined ? host : `${host}:${target.dir}`);
    }
    case "in-place":
      return target;
    default:
      return target satisfies never;
  }
}

const askedFor = ({ host, snapshot, path = "/", target, ...input }: Input): AskedRestore => ({
  ...{ host, path: parsePlace(path), snapshot: snapshot ?? null, target: targetOf(target) },
  ...{ delete: input.delete ?? false, check: input.check ?? false },
});

export const restores = {
  preview: os.preview.handler(async ({ context: { app }, input }) =>
    runJson(await queuePreview(app, askedFor(input))),
  ),
  create: os.create.handler(async ({ context: { app }, input: { yes = false, seen, ...input } }) =>
    runJson(await queueRestoreOf(app, askedFor(input), { yes, seen: seen ?? null })),
  ),
};
