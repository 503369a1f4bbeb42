// A console with a hostile tree and something large to download, and how tests ask for it.
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { get as httpGet, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { expect } from "vitest";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { startConsole, type TestConsole } from "./console.ts";
import { plantTree } from "./hostile-tree.ts";
import { randomBytes, seededRandom } from "./random.ts";
import { runTool } from "./tool.ts";

export const MEBIBYTE = 1024 * 1024;
const BIG_MEBIBYTES = 48;

export type DownloadQuery = { path?: string; format?: string; snapshot?: string };

export type DownloadSite = {
  site: BackupSite;
  console: TestConsole;
  /** Of the host web1. In it are the folders `tree`, which is hostile, and `large`, with the files `big` and `end`. */
  source: string;
  tree: string;
  /** Its only one. */
  snapshot: string;
  /** A path of the host as the snapshot has it on the disk. */
  stored(...parts: string[]): string;
  /** A path in this world that nobody else uses. */
  inWorld(name: string): string;
  /** As an operator. */
  download(query: DownloadQuery, init?: RequestInit): Promise<Response>;
  /** The same as node has it, which hands on what arrives when it arrives, and says when it was cut off. */
  answer(query: DownloadQuery): Promise<IncomingMessage>;
  /** All of what is downloaded. */
  bytes(query: DownloadQuery): Promise<Buffer>;
  expectRefusal(status: number, code: string, says: RegExp, query: DownloadQuery): Promise<void>;
  close(): Promise<void>;
};

export const downloadUrl = (query: DownloadQuery, host = "web1"): string => {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/api/hosts/${host}/download?${text.join("&")}`;
};

export async function bytesOf(answer: Response): Promise<Buffer> {
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

export async function makeDownloadSite(): Promise<DownloadSite> {
  const site = await makeSite();
  const source = join(site.world.hostDir, "srv");
  const tree = join(source, "tree");
  await plantTree(tree, { sparseMebibytes: 16 });
  plantLarge(join(source, "large"));
  await site.configureHost("web1", null, "--source", source);
  const snapshot = (await site.backUp("web1")).snapshot.name;
  const console = await startConsole({ world: site.world });
  const download = (query: DownloadQuery, init?: RequestInit): Promise<Response> =>
    console.fetch("operator", downloadUrl(query), init);
  const cookie = await cookieOf(console);
  return {
    ...{ site, console, source, tree, snapshot, download },
    stored: (...parts) => join(site.pathOf("web1", "snapshots", snapshot, "data"), ...parts),
    inWorld: (name) => join(site.world.dir, name),
    async answer(query) {
      const request = httpGet(new URL(downloadUrl(query), console.url), { headers: { cookie } });
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      expect(answer.statusCode).toBe(200);
      return answer;
    },
    bytes: async (query) => bytesOf(await download(query)),
    async expectRefusal(status, code, says, query) {
      const answer = await console.request("operator", "GET", downloadUrl(query));
      expect({ ...answer.body, status: answer.status }).toMatchObject({
        ...{ status, code, message: expect.stringMatching(says) },
      });
    },
    async close() {
      await console.close();
      await site.world.dispose();
    },
  };
}

/** More than what lies in the buffers between a server and somebody who reads nothing. */
function plantLarge(folder: string): void {
  mkdirSync(folder);
  const random = randomBytes(seededRandom(3), MEBIBYTE);
  const big = openSync(join(folder, "big"), "w");
  for (let written = 0; written < BIG_MEBIBYTES; written += 1) writeSync(big, random);
  closeSync(big);
  writeFileSync(join(folder, "end"), "the end");
}

async function cookieOf(console: TestConsole): Promise<string> {
  const answer = await fetch(new URL("/api/login", console.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "operator", password: console.passwordOf("operator") }),
  });
  const [cookie = ""] = answer.headers.getSetCookie().map((text) => text.split(";")[0]);
  return cookie;
}

/** The names in a tar, as GNU tar prints them. */
export const listTar = async (archive: Buffer, ...options: string[]): Promise<string> =>
  (
    await runTool("tar", ["--list", ...options, "--file=-", "--quoting-style=escape"], { input: archive })
  ).toString();
