// How what a host sends is received: in a sandbox where this server can make one, else as it is.
import { pathBytes } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import type { Protection } from "../domain/run.ts";
import type { SandboxPolicy } from "../domain/site.ts";
import { gatherHalves } from "../system/half-files.ts";
import { abilitiesIn, askLocalRsync, receivingInto } from "../system/local-rsync.ts";
import type { RsyncAbilities } from "../system/rsync-abilities.ts";
import { sourceList, transferArgs } from "../system/rsync-args.ts";
import { type Sandbox, trySandbox } from "../system/sandbox.ts";
import { runTransfer, type TransferHooks, type TransferResult, unprotected } from "../system/transfer.ts";
import { receiveInSandbox } from "./receive-in-sandbox.ts";
import type { Reception } from "./reception.ts";

/** What rsync can do here, and in what it runs. */
export interface Receiver {
  readonly rsync: RsyncAbilities;
  readonly sandbox: Sandbox | null;
  /** Why there is no sandbox, in one sentence; null when there is one. */
  readonly whyNoSandbox: string | null;
}

/**
 * @param folder the host's, which is there; null: this machine itself is backed up, where nobody has to be kept in
 *
 * Refuses with `sandbox_unavailable` where the site wants one and this server cannot make it.
 */
export async function findReceiver(folder: string | null, policy: SandboxPolicy): Promise<Receiver> {
  const tried = await tryFor(folder, policy);
  if ("whyNot" in tried && folder !== null && policy === "required")
    throw new Problem("sandbox_unavailable", "This site wants a sandbox, and there is none on this server.", {
      detail: tried.whyNot,
    });
  if ("whyNot" in tried) return { rsync: await askLocalRsync(), sandbox: null, whyNoSandbox: tried.whyNot };
  const rsync = abilitiesIn(tried.help);
  if (rsync === null)
    return { rsync: await askLocalRsync(), sandbox: null, whyNoSandbox: "rsync says nothing inside" };
  // Landlock lets attributes be changed of whatever can be named, so a link that somebody planted must not be followed in it.
  const isWholeBox = tried.sandbox.kind === "bubblewrap";
  return {
    rsync: { ...rsync, insecureLinks: rsync.insecureLinks && isWholeBox },
    sandbox: tried.sandbox,
    whyNoSandbox: null,
  };
}

async function tryFor(folder: string | null, policy: SandboxPolicy): ReturnType<typeof trySandbox> {
  if (folder === null) return { whyNot: "this machine is backed up as itself" };
  return policy === "off"
    ? { whyNot: "it is switched off (--sandbox off)" }
    : trySandbox(folder, policy === "required" ? ["bubblewrap"] : ["bubblewrap", "landlock"]);
}

/** For the record of a run. */
export const protectionOf = ({ sandbox }: Receiver): Protection => sandbox?.kind ?? "none";

/** In what rsync receives, in words. */
export const protectionText = ({ sandbox, whyNoSandbox }: Receiver): string =>
  sandbox === null ? `without a sandbox: ${whyNoSandbox}` : `in a sandbox (${sandbox.kind})`;

/** Fills the workplace's `data` with what the host has. When that fails, the result says so and `data` may hold anything. */
export async function receive(
  { rsync: known, sandbox }: Receiver,
  reception: Reception,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { origin, settings, workplace, base, leftovers, aclsAsAttributes } = reception;
  const rsync = { ...(await receivingInto(reception.folder, known)), aclsAsAttributes };
  if (reception.streams.most === 1) await gatherHalves(workplace);
  if (sandbox !== null && origin.transport === "ssh")
    return receiveInSandbox({ ...reception, rsync, sandbox }, hooks);
  if (workplace.beganAsCopy && base !== null) {
    const guarded = { ...rsync, insecureLinks: false };
    return receiveInSandbox({ ...reception, rsync: guarded, sandbox: null }, hooks);
  }
  const argv = transferArgs(
    {
      ...reception,
      target: workplace.data,
      partialDir: workplace.partial,
      linkDests: [...(base === null ? [] : [base]), ...leftovers.linked, ...leftovers.received],
      confineRoot: reception.folder,
      dryRun: false,
      isSandboxed: false,
    },
    rsync,
  );
  return runTransfer(unprotected(argv), sourceList(settings.sources.map(pathBytes)), hooks);
}
