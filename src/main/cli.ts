// The entry point of the command line: reads the environment once, wires, runs one command.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import packageFacts from "../../package.json" with { type: "json" };
import type { App } from "../actions/app.ts";
import { runProgram } from "../cli/program.ts";
import { Problem } from "../domain/problem.ts";
import { systemClock } from "../system/clock.ts";
import { type Environment, readEnvironment } from "./environment.ts";

/** Whether this is the bundle in dist/, or the sources themselves. */
const bundled = import.meta.url.endsWith(".js");

/** Runs one command line; returns its exit code. Never calls process.exit, so that everything written arrives. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const stop = new AbortController();
  const closers: (() => Promise<void>)[] = [];
  const forget = stopOnSignals(stop);
  outliveReaders();
  let environment: Environment | null = null;
  const read = (): Environment => {
    environment ??= readEnvironment(env, checkoutFolder());
    return environment;
  };
  let opened: Promise<App> | null = null;
  const openApp = async (): Promise<App> => {
    const { openDatabase } = await import("../store/database.ts");
    const { giveMemoryBack } = await import("../system/spare-memory.ts");
    const db = await openDatabase(read().databaseUrl);
    closers.push(db.close, giveMemoryBack());
    // Looked up when it is wanted: loading it takes as long as a quarter of an empty program.
    const randomHex = (bytes: number): string =>
      process.getBuiltinModule("node:crypto").randomBytes(bytes).toString("hex");
    const { leaseSeconds, node, secretKeyFile, publicUrl, user: requestedBy } = read();
    return {
      ...{
        db,
        node,
        clock: systemClock,
        version: packageFacts.version,
        randomHex,
        leaseSeconds,
        secretKeyFile,
        requestedBy,
        publicUrl: publicUrl?.href ?? null,
      },
      actor: { name: requestedBy, kind: "cli", address: null },
      hasher: [
        process.execPath,
        fileURLToPath(new URL(`./hasher${bundled ? ".js" : ".ts"}`, import.meta.url)),
      ],
    };
  };
  const app = (): Promise<App> => {
    // What could not be opened is tried again when it is wanted again: somebody may wait until it can be.
    opened ??= openApp().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  try {
    return await runProgram({
      argv,
      version: packageFacts.version,
      streams: process,
      env,
      clock: systemClock,
      context: () => ({
        app,
        databaseUrl: () => read().databaseUrl,
        listen: () => read().listen,
        serve: async (wish) => {
          const { startConsole } = await import("./start-console.ts");
          return startConsole(await app(), read(), wish);
        },
        stop: stop.signal,
      }),
    });
  } finally {
    forget();
    for (const close of closers) await close();
  }
}

/** The folder of the source tree that this runs from, sources or bundle; null for an installed package. */
function checkoutFolder(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder) && !existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return existsSync(join(folder, ".git")) || existsSync(join(folder, "src", "main")) ? folder : null;
}

/**
 * Whoever reads what we print may leave before the end (`pobsync runs | head`). The work goes on all the same; in the end the
 * program looks whether what it printed has arrived.
 */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** The first signal asks the work to stop and leave things tidy; a second one ends the process. */
function stopOnSignals(stop: AbortController): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Problem("interrupted", `Interrupted by ${signal}.`));
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
