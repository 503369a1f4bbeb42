// Starts the console with what lies beside this program.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "../actions/app.ts";
import type { ServeWish, Serving } from "../cli/command.ts";
import { Problem } from "../domain/problem.ts";
import { serveConsole } from "../http/server.ts";
import type { Pages } from "../http/site.ts";
import type { Environment } from "./environment.ts";

export async function startConsole(
  app: App,
  { listen, publicUrl }: Environment,
  { host = listen.host, port = listen.port, log }: ServeWish,
): Promise<Serving> {
  const served = await serveConsole(app, { host, port, publicUrl, pages: builtPages(), log });
  return { ...served, url: forPeople(served.url, publicUrl) };
}

/** What a person opens: nobody can open an address that stands for all of a machine's. */
function forPeople(url: string, publicUrl: URL | null): string {
  if (publicUrl !== null) return publicUrl.href;
  return url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, "//localhost:");
}

/** The pages as they were built: in dist-web/ of the package, beside dist/ and src/. */
function builtPages(): Pages {
  const here = dirname(fileURLToPath(import.meta.url));
  const top = here.endsWith(join("src", "main")) ? join(here, "..", "..") : join(here, "..");
  const folder = join(top, "dist-web");
  try {
    return { folder, index: readFileSync(join(folder, "index.html"), "utf8") };
  } catch (cause) {
    throw new Problem("bad_environment", `The pages of the console are not in ${folder}.`, {
      hint: "Build them: npm run build",
      cause,
    });
  }
}
