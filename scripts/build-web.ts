// Builds the console into dist-web/, unless what is there was built from the same sources. Files that compress well are
// compressed here, once and well, instead of for each request.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const OUT = "dist-web";
const STAMP = "built-from";
const COMPRESSED = /\.(js|css|svg|html)$/;

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

function sourcesHash(): string {
  const hash = createHash("sha256");
  const sources = [...filesBelow("web"), ...filesBelow("src/contract"), "package-lock.json"];
  for (const file of [...sources, "scripts/build-web.ts"])
    hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

function compress(folder: string): void {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const file of filesBelow(folder).filter((path) => COMPRESSED.test(path))) {
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content, quality));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

/** Returns whether all went well. */
export function buildWeb(): boolean {
  const hash = sourcesHash();
  const stamp = join(OUT, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return true;
  const [fresh, old] = [`${OUT}.new-${process.pid}`, `${OUT}.old-${process.pid}`];
  const vite = ["node_modules/vite/bin/vite.js", "build", "--config", "web/vite.config.ts"];
  const { status } = spawnSync(process.execPath, [...vite, "--outDir", `../${fresh}`, "--logLevel", "warn"], {
    stdio: ["ignore", "ignore", "inherit"],
    // Whoever builds may be a test, or somebody who develops: React would come with its checks, and be half as large again.
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (status === 0) {
    compress(fresh);
    writeFileSync(join(fresh, STAMP), hash);
    if (existsSync(OUT)) renameSync(OUT, old);
    renameSync(fresh, OUT);
  }
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  return status === 0;
}
