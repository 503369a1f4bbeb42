// Downloads are what the snapshot holds, byte for byte, and nothing else; what is not whole breaks off.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { get as httpGet, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../../src/store/audit.ts";
import { type Adopting, makeAdopting } from "../../support/adopting.ts";
import { unpackTar, zipEntries } from "../../support/archives.ts";
import { type BackupSite, makeSite } from "../../support/backup-site.ts";
import { compareTrees } from "../../support/compare-trees.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { withFailingFile } from "../../support/failing-file.ts";
import { hostileNames } from "../../support/hostile-names.ts";
import { planted, plantTree } from "../../support/hostile-tree.ts";
import { pathText } from "../../support/path-text.ts";
import { processesBelow } from "../../support/processes.ts";
import { randomBytes, seededRandom } from "../../support/random.ts";
import { runTool } from "../../support/tool.ts";
import { treeFacts } from "../../support/tree-facts.ts";
import { joinBytes, pathsBelow } from "../../support/tree-paths.ts";
import { waitUntil } from "../../support/wait-until.ts";

const MEBIBYTE = 1024 * 1024;
const BIG_MEBIBYTES = 48;
const SPARSE_MEBIBYTES = 1024;

let site: BackupSite;
let console: TestConsole;
/** What the host backs up, and what of it the tests of names, sizes and accidents use. */
let source = "";
let tree = "";
let snapshot = "";
beforeAll(async () => {
  site = await makeSite();
  source = join(site.world.hostDir, "srv");
  tree = join(source, "tree");
  await plantTree(tree, { sparseMebibytes: 16 });
  const at = (...parts: string[]): string => join(source, ...parts);
  mkdirSync(at("large"));
  const random = randomBytes(seededRandom(3), MEBIBYTE);
  const big = openSync(at("large", "big"), "w");
  for (let written = 0; written < BIG_MEBIBYTES; written += 1) writeSync(big, random);
  closeSync(big);
  writeFileSync(at("large", "end"), "the end");
  await site.configureHost("web1", null, "--source", source);
  snapshot = (await site.backUp("web1")).snapshot.name;
  console = await startConsole({ world: site.world });
});
afterAll(async () => {
  await console.close();
  await site.world.dispose();
});

type Query = { path?: string; format?: string; snapshot?: string };

const urlOf = (query: Query, host = "web1"): string => {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/api/hosts/${host}/download?${text.join("&")}`;
};
const download = (query: Query, init?: RequestInit): Promise<Response> =>
  console.fetch("operator", urlOf(query), init);
const bytesOf = async (answer: Response): Promise<Buffer> => {
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
};
const stored = (...parts: string[]): string =>
  join(site.pathOf("web1", "snapshots", snapshot, "data"), ...parts);
const inWorld = (name: string): string => join(site.world.dir, name);

async function expectRefusal(status: number, code: string, says: RegExp, query: Query): Promise<void> {
  const answer = await console.request("operator", "GET", urlOf(query));
  expect({ ...answer.body, status: answer.status }).toMatchObject({
    ...{ status, code, message: expect.stringMatching(says) },
  });
}

describe("a file", () => {
  it("comes byte for byte, under any name, and no name becomes another header", async () => {
    const names = hostileNames.filter((name) =>
      readdirSync(join(tree, "names"), "buffer").some((one) => one.equals(name)),
    );
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const path = `${tree}/names/${pathText(name)}`;
      const answer = await download({ path, format: "raw" });
      const disposition = answer.headers.get("content-disposition") ?? "";
      expect(disposition).toMatch(
        /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/,
      );
      expect(disposition.slice(0, disposition.indexOf("; filename*")).match(/["\\]/g)).toEqual(['"', '"']);
      const said = decodeURIComponent(disposition.slice(disposition.indexOf("''") + 2));
      expect(said).not.toMatch(/[\p{Cc}\p{Bidi_Control}\ufffd/\\]/u);
      const expected = readFileSync(joinBytes(join(tree, "names"), name));
      expect((await bytesOf(answer)).equals(expected), pathText(name)).toBe(true);
    }
  });

  it("is nothing that a browser would show or run", async () => {
    const { headers } = await download({ path: join(tree, planted.text) });
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="report.txt"; filename*=UTF-8''report.txt`,
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-length": `${readFileSync(join(tree, planted.text)).length}`,
    });
  });

  it("may be empty, or a gibibyte with holes, for which the server needs no more memory", async () => {
    expect(await bytesOf(await download({ path: join(tree, planted.empty) }))).toHaveLength(0);
    const sparse = stored(source, "large", "sparse");
    writeFileSync(sparse, "begins");
    truncateSync(sparse, SPARSE_MEBIBYTES * MEBIBYTE);
    const before = process.memoryUsage.rss();
    let most = 0;
    const hash = createHash("sha256");
    let bytes = 0;
    const answer = await answerOf({ path: join(source, "large", "sparse") });
    expect(answer.headers["content-length"]).toBe(`${SPARSE_MEBIBYTES * MEBIBYTE}`);
    for await (const chunk of answer) {
      bytes += chunk.length;
      hash.update(chunk);
      most = Math.max(most, process.memoryUsage.rss());
    }
    const expected = createHash("sha256").update("begins");
    const zeros = Buffer.alloc(MEBIBYTE);
    expected.update(zeros.subarray(6));
    for (let at = 1; at < SPARSE_MEBIBYTES; at += 1) expected.update(zeros);
    expect(bytes).toBe(SPARSE_MEBIBYTES * MEBIBYTE);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
    rmSync(sparse);
    expect((most - before) / MEBIBYTE).toBeLessThan(100);
  });

  it("is what it was in the snapshot that is named, and is written down in the audit", async () => {
    const path = join(tree, planted.text);
    await bytesOf(await download({ path, snapshot }));
    const { items } = await listAudit(console.app.db, { action: "files.downloaded" }, { limit: 1 });
    expect(items).toMatchObject([
      {
        ...{
          actor: { name: "operator", kind: "user" },
          subjectKind: "snapshot",
          subject: `web1/${snapshot}`,
        },
        detail: { path, format: "raw" },
      },
    ]);
  });
});

/** The answer as node has it, which hands on what arrives and says when it was cut off. */
async function answerOf(query: Query): Promise<IncomingMessage> {
  const { headers } = await signedHeaders();
  const request = httpGet(new URL(urlOf(query), console.url), { headers });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  return answer;
}

async function signedHeaders(): Promise<{ headers: { cookie: string } }> {
  const answer = await fetch(new URL("/api/login", console.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "operator", password: console.passwordOf("operator") }),
  });
  const [cookie = ""] = answer.headers.getSetCookie().map((text) => text.split(";")[0]);
  return { headers: { cookie } };
}

describe("a folder as a tar", () => {
  it("is the folder: names, contents, modes, owners, times, attributes, links and holes", async () => {
    const unpacked = inWorld("unpacked");
    await unpackTar(await bytesOf(await download({ path: tree, format: "tar" })), unpacked);
    expect(readdirSync(unpacked)).toEqual(["tree"]);
    const [expected, found] = [await treeFacts(stored(tree)), await treeFacts(join(unpacked, "tree"))];
    expect(
      compareTrees(expected, found, { ignorePath: (path) => expected.entries.get(path)?.type === "socket" }),
    ).toEqual([]);
  });

  it("of everything holds what the host had, and nothing of ours", async () => {
    const names = (await runTar(["--list"], await bytesOf(await download({ format: "tar" })))).split("\n");
    expect(names[0]).toBe(`${site.world.dir.split("/")[1]}/`);
    expect(names).toContain(`${join(source, "large", "end").slice(1)}`);
    expect(names.filter((name) => /^(\.|snapshot\.json|rsync\.log)/.test(name))).toEqual([]);
  });

  it("holds a single file, link, pipe or device as well, and neither waits for it nor follows it", async () => {
    for (const [path, type] of [
      [planted.text, "-"],
      [planted.danglingLink, "l"],
      ["special/fifo", "p"],
      ["special/block device", "b"],
    ] as [string, string][]) {
      const listed = await runTar(
        ["--list", "--verbose"],
        await bytesOf(await download({ path: join(tree, path), format: "tar" })),
      );
      expect(listed).toMatch(new RegExp(`^${type}.* ${path.slice(path.lastIndexOf("/") + 1)}`));
    }
    await expectRefusal(400, "bad_input", /socket is a socket/, {
      path: join(tree, "special/socket"),
      format: "tar",
    });
  });
});

const runTar = async (args: string[], archive: Buffer): Promise<string> =>
  (await runTool("tar", [...args, "--file=-", "--quoting-style=escape"], { input: archive })).toString();

/** Written a second time, so that the test does not judge the product by its own code. */
function nameInZip(path: Buffer): string {
  let name = "";
  for (let at = 0; at < path.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= path.length && isUtf8(path.subarray(at, at + n)));
    const part = path.subarray(at, at + (length ?? 1));
    const isPlain = length !== undefined && !/[\p{Cc}\\]/u.test(part.toString());
    const marked = (byte: number): string => `\ufffd${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    name += isPlain ? part.toString() : [...part].map(marked).join("");
    at += part.length;
  }
  return name;
}

describe("a folder as a zip", () => {
  it("is the folder: contents, permissions, times to two seconds, and links as links", async () => {
    const { items, comment } = await zipEntries(
      await bytesOf(await download({ path: tree, format: "zip" })),
      site.world.dir,
    );
    const byName = new Map(items.map((item) => [item.name, item]));
    const facts = await treeFacts(stored(tree));
    const left: string[] = [];
    for (const { relative, absolute, isDirectory, isFile, isSymlink } of pathsBelow(stored(tree))) {
      const name = `tree/${nameInZip(relative)}`;
      const entry = byName.get(isDirectory ? `${name}/` : name);
      const fact = facts.entries.get(pathText(relative));
      if (!isDirectory && !isFile && !isSymlink) {
        left.push(pathText(relative));
        continue;
      }
      expect(entry, name).toBeDefined();
      if (isFile) expect(entry?.content?.equals(readFileSync(absolute)), name).toBe(true);
      if (isSymlink) expect(pathText(entry?.content ?? Buffer.alloc(0))).toBe(fact?.target);
      if (!isSymlink) expect((entry?.mode ?? 0) & 0o7777).toBe(fact?.mode);
      byName.delete(isDirectory ? `${name}/` : name);
    }
    byName.delete("tree/");
    expect([...byName.keys()]).toEqual([]);
    expect(left.length).toBeGreaterThan(3);
    expect(comment).toMatch(/^Left out/);
    expect(comment).toContain("special/fifo");
  });

  it("is whole as well when it is large", async () => {
    const { items } = await zipEntries(
      await bytesOf(await download({ path: join(source, "large"), format: "zip" })),
      site.world.dir,
    );
    expect(items.map(({ name }) => name).sort()).toEqual(["large/", "large/big", "large/end"]);
    const big = items.find(({ name }) => name === "large/big");
    expect(big?.content?.equals(readFileSync(join(source, "large", "big")))).toBe(true);
  });

  it("holds a single file, and no device", async () => {
    const one = await zipEntries(
      await bytesOf(await download({ path: join(tree, planted.text), format: "zip" })),
      site.world.dir,
    );
    expect(one.items.map(({ name }) => name)).toEqual(["report.txt"]);
    await expectRefusal(400, "bad_input", /fifo is a pipe/, {
      path: join(tree, "special/fifo"),
      format: "zip",
    });
  });
});

describe("what is refused", () => {
  it.each([
    [404, "not_found", /has nothing at \/nowhere/, { path: "/nowhere" }],
    [404, "not_found", /has nothing at \/nowhere/, { path: "/nowhere", format: "tar" }],
    [404, "not_found", /no snapshot from "1999-01-01"/, { path: "/x", snapshot: "1999-01-01" }],
    [400, "bad_input", /contains \. or \.\./, { path: "/../../../etc/passwd" }],
    [400, "bad_input", /contains \. or \.\./, { path: "/srv/..", format: "tar" }],
    [400, "bad_input", /contains \. or \.\./, { path: "/\\x2e\\x2e/snapshot.json" }],
    [400, "bad_input", /not absolute/, { path: "etc/passwd" }],
    [400, "bad_input", /NUL/, { path: "/etc\\x00/passwd" }],
    [400, "bad_input", /a folder/, { path: "/" }],
    [400, "bad_input", /format/, { path: "/", format: "exe" }],
  ] as [number, string, RegExp, Query][])("%i %s %s %o", (status, code, says, query) =>
    expectRefusal(status, code, says, query),
  );

  it("links, folders and what hangs whoever opens it, as they are", async () => {
    await expectRefusal(400, "bad_input", /is a symbolic link/, { path: join(tree, planted.danglingLink) });
    await expectRefusal(400, "bad_input", /is a pipe/, { path: join(tree, "special/fifo") });
    await expectRefusal(400, "bad_input", /is a file, and has nothing below it/, {
      path: join(tree, planted.text, "x"),
      format: "tar",
    });
    const answer = await console.request("operator", "GET", urlOf({ path: tree }));
    expect(answer.body.hint).toContain("format tar or zip");
  });

  it("to viewers and to whoever is not known: contents are for those who may restore", async () => {
    const path = join(tree, planted.text);
    expect((await console.request("viewer", "GET", urlOf({ path }))).status).toBe(403);
    expect((await console.request("nobody", "GET", urlOf({ path }))).status).toBe(401);
  });
});

describe("whatever somebody has planted in a snapshot", () => {
  it("leads nowhere else: a link where a folder was is a link", async () => {
    const folder = stored(tree, "plain");
    const [aside, elsewhere] = [inWorld("aside"), inWorld("elsewhere")];
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "report.txt"), "the server's own");
    renameSync(folder, aside);
    symlinkSync(elsewhere, folder);
    try {
      for (const format of ["raw", "tar", "zip"])
        await expectRefusal(400, "bad_input", /plain is a symbolic link/, {
          path: join(tree, planted.text),
          format,
        });
      const listed = await runTar(
        ["--list", "--verbose"],
        await bytesOf(await download({ path: tree, format: "tar" })),
      );
      expect(listed).toContain(`tree/plain -> ${elsewhere}`);
      expect(listed).not.toContain("tree/plain/");
      const { items } = await zipEntries(
        await bytesOf(await download({ path: tree, format: "zip" })),
        site.world.dir,
      );
      expect(items.filter(({ name }) => name.startsWith("tree/plain"))).toMatchObject([
        { name: "tree/plain", content: Buffer.from(elsewhere) },
      ]);
    } finally {
      rmSync(folder);
      renameSync(aside, folder);
    }
  });

  it("is read as a name and as nothing else", async () => {
    const odd = stored(source, "odd");
    mkdirSync(join(odd, "--checkpoint-action=exec=touch pwned"), { recursive: true });
    writeFileSync(join(odd, "-T"), "x");
    writeFileSync(join(odd, "--remove-files"), "x");
    writeFileSync(join(odd, "\\101"), "x");
    linkSync(join(odd, "-T"), join(odd, "--checkpoint=1"));
    const before = await treeFacts(odd);
    try {
      for (const path of [
        join(source, "odd"),
        ...readdirSync(odd).map((name) => join(source, "odd", pathText(name))),
      ]) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        const listed = await runTar(["--list"], await bytesOf(await download({ path, format: "tar" })));
        expect(listed.split("\n")[0]?.replace(/\/$/, "")).toBe(name);
      }
      expect(await treeFacts(odd)).toEqual(before);
    } finally {
      rmSync(odd, { recursive: true });
    }
  });
});

/** Whether the answer broke off, and how much of it came. */
async function readUntilItEnds(answer: Response): Promise<"whole" | "broken off"> {
  expect(answer.status).toBe(200);
  return answer.arrayBuffer().then(
    () => "whole" as const,
    () => "broken off" as const,
  );
}

describe("what is not whole breaks off", () => {
  it.each(["raw", "tar", "zip"])("when the disk fails in the middle of a file (%s)", async (format) => {
    const content = randomBytes(seededRandom(5), 3 * MEBIBYTE);
    const file = stored(source, "failing");
    writeFileSync(file, content);
    try {
      const failed = await withFailingFile(file, content, MEBIBYTE, async () =>
        readUntilItEnds(await download({ path: join(source, "failing"), format })),
      );
      expect(failed).toBe("broken off");
      expect(await readUntilItEnds(await download({ path: join(source, "failing"), format }))).toBe("whole");
    } finally {
      rmSync(file);
    }
  });

  it.each(["tar", "zip"])("when the snapshot is taken away meanwhile (%s)", async (format) => {
    const whole = site.pathOf("web1", "snapshots", snapshot);
    const answer = await answerOf({ path: join(source, "large"), format });
    const chunks = answer[Symbol.asyncIterator]();
    expect((await chunks.next()).value.length).toBeGreaterThan(0);
    renameSync(whole, inWorld("trash"));
    try {
      const rest = async (): Promise<void> => {
        for (let next = await chunks.next(); next.done !== true; ) next = await chunks.next();
      };
      await expect(rest()).rejects.toThrow(/aborted/);
    } finally {
      renameSync(inWorld("trash"), whole);
    }
    expect(await readUntilItEnds(await download({ path: join(source, "large"), format }))).toBe("whole");
  });
});

const tarsRunning = () =>
  processesBelow(process.pid).filter(({ command }) => /(^|\s)tar --create/.test(command));

/** What this process, and so the server, has open of the backups. */
const openOnes = (): string[] =>
  readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    })
    .filter((path) => path.startsWith(site.pathOf("web1", "snapshots")));

describe("whoever leaves", () => {
  it.each(["raw", "tar", "zip"])("ends what was done for it (%s)", async (format) => {
    const left = new AbortController();
    const path = format === "raw" ? join(source, "large", "big") : join(source, "large");
    const answer = await download({ path, format }, { signal: left.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    expect(openOnes().length).toBeGreaterThan(0);
    if (format === "tar") expect(tarsRunning().length).toBeGreaterThan(0);
    left.abort();
    await waitUntil(() => tarsRunning().length === 0, { what: "tar to end" });
    await waitUntil(() => openOnes().length === 0, { what: "open files to be closed" });
  });

  it("makes room for others: only so many are answered at a time", async () => {
    const path = join(source, "large", "big");
    const left = new AbortController();
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => download({ path }, { signal: left.signal })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await expectRefusal(429, "too_many_attempts", /24 downloads/, { path });
    left.abort();
    const isAnswered = async (): Promise<boolean> =>
      (await download({ path: join(tree, planted.empty) })).status === 200;
    await waitUntil(isAnswered, { what: "room for another download" });
  });
});

describe("a snapshot that another tool made and that lies where it was", () => {
  let adopting: Adopting;
  let old: TestConsole;
  beforeAll(async () => {
    adopting = await makeAdopting();
    await adopting.configure("old1");
    await adopting.adopt(0, "old1", "plain", adopting.plainTrees("plain", 1), "--of", "/srv/da\\\\ta,&x");
    old = await startConsole({ world: adopting.site.world });
  });
  afterAll(async () => {
    await old.close();
    await adopting.site.world.dispose();
  });

  const ofOld = async (query: Query): Promise<Buffer> =>
    bytesOf(await old.fetch("operator", urlOf(query, "old1")));

  it("is downloaded like any other, under the host's names", async () => {
    expect((await ofOld({ path: "/srv/da\\\\ta,&x/sub/number" })).toString()).toBe("1");
    const dir = adopting.site.world.dir;
    for (const [path, below] of [
      ["/", "srv/da"],
      ["/srv", "srv/da"],
      ["/srv/da\\\\ta,&x", "da"],
      ["/srv/da\\\\ta,&x/sub", ""],
    ] as [string, string][]) {
      const listed = await runTar(["--list"], await ofOld({ path, format: "tar" }));
      const zipped = await zipEntries(await ofOld({ path, format: "zip" }), dir);
      const prefixOf = (mark: string): string => (below === "" ? "" : `${below}${mark}ta,&x/`);
      expect(listed.split("\n")).toContain(`${prefixOf("_")}sub/number`);
      expect(zipped.items.map(({ name }) => name)).toContain(`${prefixOf("\ufffd5C")}sub/number`);
    }
  });

  it("that has gone is refused in words", async () => {
    rmSync(join(adopting.site.world.hostDir, "plain"), { recursive: true });
    const answer = await old.request("operator", "GET", urlOf({ path: "/srv", format: "tar" }, "old1"));
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status: 500,
      code: "snapshots_missing",
    });
    expect(old.logged).toEqual([]);
  });
});
