// How what a host sends is received: in a box where this server can make one, else as it is.
import { pathBytes } from "../domain/path-text.ts";
import { askForCommand, type Box, startBoxed, TELLING_SHELL, tryBox } from "../system/box.ts";
import { BRIDGE, inBox } from "../system/box-args.ts";
import { abilitiesIn, askLocalRsync } from "../system/local-rsync.ts";
import { type RsyncAbilities, sourceList, type TransferRequest, transferArgs } from "../system/rsync-args.ts";
import { runTransfer, type TransferHooks, type TransferResult, unboxed } from "../system/transfer.ts";

/** What rsync can do here, and in what it runs. */
export interface Receiver {
  readonly rsync: RsyncAbilities;
  readonly box: Box | null;
  /** Why there is no box, in one sentence; null when there is one. */
  readonly whyNoBox: string | null;
}

/** @param folder the host's, which is there; null: this machine itself is backed up, where there is nobody to be kept in */
export async function findReceiver(folder: string | null): Promise<Receiver> {
  const tried = folder === null ? { whyNot: "this machine is backed up as itself" } : await tryBox(folder);
  if ("whyNot" in tried) return { rsync: await askLocalRsync(), box: null, whyNoBox: tried.whyNot };
  const rsync = abilitiesIn(tried.help);
  if (rsync === null)
    return { rsync: await askLocalRsync(), box: null, whyNoBox: "rsync says nothing inside" };
  return { rsync, box: tried.box, whyNoBox: null };
}

/** Receives what is asked for into a folder below the host's. */
export async function receive(
  { rsync, box }: Receiver,
  folder: string,
  request: Omit<TransferRequest, "isBoxed">,
  sources: readonly string[],
  hooks: TransferHooks,
): Promise<TransferResult> {
  const names = sourceList(sources.map(pathBytes));
  const { origin } = request;
  if (box === null || origin.transport === "local")
    return runTransfer(unboxed(transferArgs({ ...request, isBoxed: false }, rsync)), names, hooks);
  const argsWith = (remoteShell: readonly string[]): string[] =>
    transferArgs(
      {
        ...request,
        origin: { ...origin, remoteShell },
        target: inBox(folder, request.target),
        partialDir: inBox(folder, request.partialDir),
        linkDests: request.linkDests.map((path) => inBox(folder, path)),
        isBoxed: true,
      },
      rsync,
    );
  const outside = [...origin.remoteShell, ...(await askForCommand(argsWith(TELLING_SHELL)))];
  const boxed = { box, folder, argv: argsWith(BRIDGE), outside };
  return runTransfer((options) => startBoxed(boxed, options), names, hooks);
}
