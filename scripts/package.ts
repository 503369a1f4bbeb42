// Makes what users install: an npm tarball and a Debian package, both with everything built, in build/packages/.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { licences } from "./licences.ts";

const OUT = "build/packages";
const PROGRAM = ["bin/pobsync", "bin/pobsync.js", "bin/run-node", "dist", "dist-web", "LICENSE"];
/** Debian's name of what Node calls a processor. */
const DEBIAN_ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly optionalDependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

function run(program: string, ...args: string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
}

/** Bundled, it needs no other package but the Node that it runs on. */
function installedManifest(): object {
  const { name, version, description, license, optionalDependencies } = manifest;
  return {
    ...{ name, version, description, license, type: "module", os: ["linux"] },
    ...{ bin: { pobsync: "bin/pobsync" }, optionalDependencies },
  };
}

/** The program as it runs anywhere, without sources. */
function stage(folder: string): void {
  for (const part of PROGRAM)
    cpSync(part, join(folder, part), { recursive: true, filter: (path) => !path.endsWith("/built-from") });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(installedManifest(), null, 2)}\n`);
  writeFileSync(join(folder, "LICENSES-OF-OTHERS.txt"), licences());
}

const documents = (folder: string): void => {
  for (const file of ["README.md", "CHANGELOG.md", "docs"])
    cpSync(file, join(folder, file), { recursive: true });
};

function packForNpm(): string {
  const folder = "./build/npm";
  stage(folder);
  documents(folder);
  cpSync("packaging/systemd", join(folder, "systemd"), { recursive: true });
  cpSync("packaging/prometheus", join(folder, "prometheus"), { recursive: true });
  run("npm", "pack", folder, "--pack-destination", OUT, "--silent");
  return join(OUT, `${manifest.name}-${manifest.version}.tgz`);
}

function packForDebian(): string {
  const folder = "build/debian";
  const lib = join(folder, "usr/lib/pobsync");
  stage(lib);
  const node = `node-linux-${process.arch}`;
  for (const part of ["bin/node", "package.json", "LICENSE"])
    cpSync(join("node_modules", node, part), join(lib, "node_modules", node, part));
  mkdirSync(join(folder, "usr/bin"), { recursive: true });
  symlinkSync("../lib/pobsync/bin/pobsync", join(folder, "usr/bin/pobsync"));
  cpSync("packaging/systemd", join(folder, "lib/systemd/system"), { recursive: true });
  cpSync("packaging/debian/default", join(folder, "etc/default/pobsync"));
  const doc = join(folder, "usr/share/doc/pobsync");
  documents(doc);
  cpSync("packaging/prometheus", join(doc, "prometheus"), { recursive: true });
  cpSync("LICENSE", join(doc, "copyright"));
  writeFileSync(join(doc, "changelog.gz"), gzipSync(readFileSync("CHANGELOG.md"), { level: 9 }));
  const architecture = DEBIAN_ARCHITECTURES[process.arch] ?? process.arch;
  writeControl(join(folder, "DEBIAN"), architecture);
  plainModes(folder);
  const file = join(OUT, `${manifest.name}_${manifest.version}_${architecture}.deb`);
  run("dpkg-deb", "--root-owner-group", "--build", folder, file);
  return file;
}

function writeControl(folder: string, architecture: string): void {
  mkdirSync(folder);
  const control = [
    `Package: ${manifest.name}`,
    `Version: ${manifest.version}`,
    `Architecture: ${architecture}`,
    "Maintainer: the developers of pobsync <pobsync@localhost>",
    "Depends: rsync (>= 3.2.7), openssh-client, libc6 (>= 2.28), libstdc++6 (>= 8), tzdata",
    "Recommends: bubblewrap, mariadb-client",
    "Section: admin",
    "Priority: optional",
    `Description: ${manifest.description}`,
    " One server pulls from many machines. Every snapshot is a folder tree of its own that shares",
    " unchanged files with the others. With console, scheduler, worker and command line.",
  ];
  writeFileSync(join(folder, "control"), `${control.join("\n")}\n`);
  writeFileSync(join(folder, "conffiles"), "/etc/default/pobsync\n");
  for (const script of ["postinst", "prerm", "postrm"])
    cpSync(join("packaging/debian", script), join(folder, script));
}

/** Whatever the umask of whoever builds: what runs can be run by all, the rest be read. */
function plainModes(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const isRun = entry.isDirectory() || /\/(bin\/(node|pobsync|run-node)|DEBIAN\/p\w+)$/.test(path);
    chmodSync(path, isRun ? 0o755 : 0o644);
  }
}

if (!existsSync("dist/pobsync.js") || !existsSync("dist-web/index.html"))
  throw new Error("Nothing is built. Run: npm run build");
rmSync("build", { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const made = [packForNpm()];
if (spawnSync("dpkg-deb", ["--version"]).status === 0) made.push(packForDebian());
console.log(made.join("\n"));
