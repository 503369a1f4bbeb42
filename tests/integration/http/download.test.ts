// Downloads are what the snapshot holds, byte for byte, and nothing else.
import { createHash } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../../src/store/audit.ts";
import { zipEntries } from "../../support/archives.ts";
import {
  bytesOf,
  type DownloadQuery,
  type DownloadSite,
  downloadUrl,
  listTar,
  MEBIBYTE,
  makeDownloadSite,
} from "../../support/downloads.ts";
import { hostileNames } from "../../support/hostile-names.ts";
import { planted } from "../../support/hostile-tree.ts";
import { pathText } from "../../support/path-text.ts";
import { treeFacts } from "../../support/tree-facts.ts";
import { joinBytes } from "../../support/tree-paths.ts";

const SPARSE_MEBIBYTES = 1024;

let on: DownloadSite;
beforeAll(async () => {
  on = await makeDownloadSite();
});
afterAll(() => on.close());

describe("a file", () => {
  it("comes byte for byte, under any name, and no name becomes another header", async () => {
    const names = hostileNames.filter((name) =>
      readdirSync(join(on.tree, "names"), "buffer").some((one) => one.equals(name)),
    );
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const path = `${on.tree}/names/${pathText(name)}`;
      const answer = await on.download({ path, format: "raw" });
      const disposition = answer.headers.get("content-disposition") ?? "";
      expect(disposition).toMatch(
        /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/,
      );
      expect(disposition.slice(0, disposition.indexOf("; filename*")).match(/["\\]/g)).toEqual(['"', '"']);
      const said = decodeURIComponent(disposition.slice(disposition.indexOf("''") + 2));
      expect(said).not.toMatch(/[\p{Cc}\p{Bidi_Control}\ufffd/\\]/u);
      const expected = readFileSync(joinBytes(join(on.tree, "names"), name));
      expect((await bytesOf(answer)).equals(expected), pathText(name)).toBe(true);
    }
  });

  it("is nothing that a browser would show or run", async () => {
    const { headers } = await on.download({ path: join(on.tree, planted.text) });
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="report.txt"; filename*=UTF-8''report.txt`,
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-length": `${readFileSync(join(on.tree, planted.text)).length}`,
    });
  });

  it("may be empty, or a gibibyte with holes, for which the server needs no more memory", async () => {
    expect(await on.bytes({ path: join(on.tree, planted.empty) })).toHaveLength(0);
    const sparse = on.stored(on.source, "large", "sparse");
    writeFileSync(sparse, "begins");
    truncateSync(sparse, SPARSE_MEBIBYTES * MEBIBYTE);
    const before = process.memoryUsage.rss();
    let most = 0;
    const hash = createHash("sha256");
    let bytes = 0;
    const answer = await on.answer({ path: join(on.source, "large", "sparse") });
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
    const path = join(on.tree, planted.text);
    await on.bytes({ path, snapshot: on.snapshot });
    const { items } = await listAudit(on.console.app.db, { action: "files.downloaded" }, { limit: 1 });
    expect(items).toMatchObject([
      {
        ...{
          actor: { name: "operator", kind: "user" },
          subjectKind: "snapshot",
          subject: `web1/${on.snapshot}`,
        },
        detail: { path, format: "raw" },
      },
    ]);
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
  ] as [number, string, RegExp, DownloadQuery][])("%i %s %s %o", (status, code, says, query) =>
    on.expectRefusal(status, code, says, query),
  );

  it("links, folders and what hangs whoever opens it, as they are", async () => {
    await on.expectRefusal(400, "bad_input", /is a symbolic link/, {
      path: join(on.tree, planted.danglingLink),
    });
    await on.expectRefusal(400, "bad_input", /is a pipe/, { path: join(on.tree, "special/fifo") });
    await on.expectRefusal(400, "bad_input", /is a file, and has nothing below it/, {
      path: join(on.tree, planted.text, "x"),
      format: "tar",
    });
    const answer = await on.console.request("operator", "GET", downloadUrl({ path: on.tree }));
    expect(answer.body.hint).toContain("format tar or zip");
  });

  it("to viewers and to whoever is not known: contents are for those who may restore", async () => {
    const path = join(on.tree, planted.text);
    expect((await on.console.request("viewer", "GET", downloadUrl({ path }))).status).toBe(403);
    expect((await on.console.request("nobody", "GET", downloadUrl({ path }))).status).toBe(401);
  });
});

describe("whatever somebody has planted in a snapshot", () => {
  it("leads nowhere else: a link where a folder was is a link", async () => {
    const folder = on.stored(on.tree, "plain");
    const [aside, elsewhere] = [on.inWorld("aside"), on.inWorld("elsewhere")];
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "report.txt"), "the server's own");
    renameSync(folder, aside);
    symlinkSync(elsewhere, folder);
    try {
      for (const format of ["raw", "tar", "zip"])
        await on.expectRefusal(400, "bad_input", /plain is a symbolic link/, {
          path: join(on.tree, planted.text),
          format,
        });
      const listed = await listTar(await on.bytes({ path: on.tree, format: "tar" }), "--verbose");
      expect(listed).toContain(`tree/plain -> ${elsewhere}`);
      expect(listed).not.toContain("tree/plain/");
      const { items } = await zipEntries(await on.bytes({ path: on.tree, format: "zip" }), on.site.world.dir);
      expect(items.filter(({ name }) => name.startsWith("tree/plain"))).toMatchObject([
        { name: "tree/plain", content: Buffer.from(elsewhere) },
      ]);
    } finally {
      rmSync(folder);
      renameSync(aside, folder);
    }
  });

  it("is read as a name and as nothing else", async () => {
    const odd = on.stored(on.source, "odd");
    mkdirSync(join(odd, "--checkpoint-action=exec=touch pwned"), { recursive: true });
    writeFileSync(join(odd, "-T"), "x");
    writeFileSync(join(odd, "--remove-files"), "x");
    writeFileSync(join(odd, "\\101"), "x");
    linkSync(join(odd, "-T"), join(odd, "--checkpoint=1"));
    const before = await treeFacts(odd);
    try {
      for (const path of [
        join(on.source, "odd"),
        ...readdirSync(odd).map((name) => join(on.source, "odd", pathText(name))),
      ]) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        const listed = await listTar(await on.bytes({ path, format: "tar" }));
        expect(listed.split("\n")[0]?.replace(/\/$/, "")).toBe(name);
      }
      expect(await treeFacts(odd)).toEqual(before);
    } finally {
      rmSync(odd, { recursive: true });
    }
  });
});
