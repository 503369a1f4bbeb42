// Builds dist-web/ (the console), and dist/ aside and swaps it in, so that a program that runs meanwhile never finds half of it.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { buildWeb } from "./build-web.ts";

const fresh = `dist.new-${process.pid}`;
const old = `dist.old-${process.pid}`;

const bundler = ["node_modules/rolldown/bin/cli.mjs", "-c", "--dir", fresh, "--log-level", "warn"];
const { status } = spawnSync(process.execPath, bundler, { stdio: ["ignore", "ignore", "inherit"] });
if (status === 0) {
  // Printed reports are drawn with it.
  copyFileSync("node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf", `${fresh}/DejaVuSans.ttf`);
  if (existsSync("dist")) renameSync("dist", old);
  renameSync(fresh, "dist");
}
for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
process.exitCode = status === 0 && buildWeb() ? 0 : 1;
