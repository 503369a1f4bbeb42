// Restores: a look that is queued, and the restore that somebody agreed to.
import { type AskedRestore, queuePreview, queueRestoreOf } from "../../actions/queue-restore.ts";
import { parseHostName } from "../../domain/host-address.ts";
import { parsePlace } from "../../domain/host-path.ts";
import { mayDo } from "../../domain/people.ts";
import { Problem } from "../../domain/problem.ts";
import { folderTarget, hostTarget, type RestoreTarget } from "../../domain/restore.ts";
import { runJson } from "../../shapes/shapes.ts";
import { requireHost } from "../../store/hosts.ts";
import { routes } from "../implement.ts";
import { callerOf, type RequestContext, roleOf } from "../request.ts";

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

/**
 * Refuses with `not_allowed` what writes to this server and is not asked for by an admin: a worker is root as a rule, so whoever
 * chose the files of a host could put them into this server's own /etc. A host's own files may go back to where they were.
 */
async function requireMayWriteHere(context: RequestContext, { host, target }: Input): Promise<void> {
  const isHere =
    target.to === "folder" ||
    (target.to === "host" &&
      (target.host !== host || target.dir !== undefined) &&
      (await requireHost(context.app.db, parseHostName(target.host))).transport === "local");
  if (!isHere || mayDo(roleOf(callerOf(context)), "admin")) return;
  throw new Problem("not_allowed", "Restoring into a folder of the backup server takes the role admin.", {
    hint: "Restore to a host, download what you need, or ask an admin.",
  });
}

export const restores = {
  preview: os.preview.handler(async ({ context, input }) => {
    await requireMayWriteHere(context, input);
    return runJson(await queuePreview(context.app, askedFor(input)));
  }),
  create: os.create.handler(async ({ context, input: { yes = false, seen, ...input } }) => {
    await requireMayWriteHere(context, input);
    return runJson(await queueRestoreOf(context.app, askedFor(input), { yes, seen: seen ?? null }));
  }),
};
