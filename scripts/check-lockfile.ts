// Fails when an installation could differ from machine to machine: versions that float, a lockfile that names
// a download address or lacks a checksum or a platform's package, or a package that runs code on install.
import { readFileSync } from "node:fs";

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  os?: string[];
  optionalDependencies?: Record<string, string>;
}
interface Manifest extends Locked {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, Locked>;
};

/** Whether a package that `from` asks for is locked beside it or anywhere above it. */
function isLocked(name: string, from: string): boolean {
  if (packages[`${from === "" ? "" : `${from}/`}node_modules/${name}`]) return true;
  return from !== "" && isLocked(name, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))));
}

function* complaints(): Generator<string> {
  const wanted = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  for (const [name, version] of Object.entries(wanted)) {
    if (!/^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) yield `${name}: "${version}" is not exact`;
  }
  for (const [path, locked] of Object.entries(packages)) {
    // npm silently leaves out a platform's package that it cannot fetch, and then no other machine can install.
    for (const name of Object.keys(locked.optionalDependencies ?? {})) {
      if (!isLocked(name, path)) yield `${path}: its package ${name} is missing`;
    }
    if (path === "") continue; // the rest is about what was fetched
    if (locked.resolved !== undefined) yield `${path}: has a download address`;
    if (locked.integrity === undefined) yield `${path}: has no checksum`;
    // One for another system never arrives on a server: this is Linux only.
    const forLinux = locked.os === undefined || locked.os.includes("linux");
    if (locked.hasInstallScript && forLinux) yield `${path}: runs code on install`;
  }
}

const found = [...complaints()];
for (const line of found) console.log(line);
process.exitCode = found.length === 0 ? 0 : 1;
