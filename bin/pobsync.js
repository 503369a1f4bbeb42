// The program's start, as plain JavaScript: stripping types from the entry itself would cost some 40 ms
// before the compile cache could be switched on.
import { existsSync } from "node:fs";
import nodeModule from "node:module"; // as a whole, so that an old Node gets as far as the message below
import { join } from "node:path";

const [major, minor] = process.versions.node.split(".").map(Number);

if (major > 24 || (major === 24 && minor >= 15)) {
  // Compiled code lives in the user's own cache folder. Node's default, a fixed name below /tmp, could be
  // created by any local user beforehand, and a program that runs as root must not load code from there.
  const { HOME, XDG_CACHE_HOME, NODE_COMPILE_CACHE } = process.env;
  const cache = XDG_CACHE_HOME || (HOME && join(HOME, ".cache"));
  if (NODE_COMPILE_CACHE || cache)
    nodeModule.enableCompileCache(NODE_COMPILE_CACHE || join(cache, "pobsync"));

  // dist/ is what users run; a checkout that was never built runs its sources as they are.
  const bundle = new URL("../dist/pobsync.js", import.meta.url);
  const source = new URL("../src/main/cli.ts", import.meta.url);
  const { main } = await import((existsSync(bundle) ? bundle : source).href);
  process.exitCode = await main(process.argv.slice(2), process.env);
} else {
  const root = join(import.meta.dirname ?? ".", "..");
  console.error(`pobsync needs Node 24.15 or newer; this is ${process.version}.`);
  console.error(`Run 'npm ci' in ${root}: it brings the right one along.`);
  process.exitCode = 6;
}
