// The rsync command line: exactly what is asked for, and nothing that anything on the way could read differently.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  literalPattern,
  probeArgs,
  remoteShellText,
  sourceList,
  type TransferRequest,
  transferArgs,
} from "../../../src/system/rsync-args.ts";

const dir = mkdtempSync(join(tmpdir(), "pobsync-args-"));
afterAll(() => rmSync(dir, { recursive: true }));

const request: TransferRequest = {
  origin: { transport: "ssh", alias: "web1", remoteShell: ["ssh", "-S", "/tmp/a b/ssh"] },
  settings: {
    sources: ["/etc", "/srv/a b"],
    includes: ["/srv/keep"],
    excludes: ["*.iso", "- odd", "! odd"],
    oneFileSystem: true,
    maxFileBytes: null,
    incRecursive: "auto",
    bwlimit: 2.5 * 1024 ** 2,
    rsyncArgs: ["--compress"],
    remoteRsync: "sudo -n rsync",
  },
  leaveOut: [],
  target: "/b/web1/incomplete/7/data",
  partialDir: "/b/web1/incomplete/7/partial",
  linkDests: ["/b/web1/snapshots/x/data", "/b/web1/incomplete/6/data"],
  confineRoot: "/b/web1",
  dryRun: false,
  isSandboxed: false,
};
const modern = {
  version: "3.5.0",
  xxh128: true,
  confineRoot: true,
  insecureLinks: false,
  ontoXfs: false,
  aclsAsAttributes: false,
};
const old = {
  version: "3.2.7",
  xxh128: false,
  confineRoot: false,
  insecureLinks: false,
  ontoXfs: false,
  aclsAsAttributes: false,
};

describe("a transfer's arguments", () => {
  it("have rules about attributes where files come to lie on XFS, of which a host hears nothing", () => {
    const rules = (wish: typeof request): string[] =>
      transferArgs(wish, { ...modern, ontoXfs: true }).filter((word) => /^--filter=-r?x /.test(word));
    expect(rules(request)).toEqual(["--filter=-rx /system.*", "--filter=-rx /trusted.SGI_ACL_*"]);
    expect(rules({ ...request, origin: { transport: "local" } })).toEqual([
      "--filter=-x /system.*",
      "--filter=-x /trusted.SGI_ACL_*",
    ]);
    const settings = { ...request.settings, rsyncArgs: ["--fake-super"] };
    expect(rules({ ...request, settings })).toEqual([]);
  });

  it("ask for access control lists as attributes, and by themselves too where there are trees to link from", () => {
    const ours = { ...modern, aclsAsAttributes: true };
    const about = (wish: typeof request, abilities: typeof modern): string[] =>
      transferArgs(wish, abilities).filter((word) => /^(-a|-A|--acls|--filter=[-+]r?x )/.test(word));
    const first = { ...request, linkDests: [] };
    const lists = ["--filter=+x /system.posix_acl_*", "--filter=-x /system.*"];
    expect(about(first, ours)).toEqual(["-aHXS", ...lists]);
    expect(about(first, { ...ours, ontoXfs: true })).toEqual([
      "-aHXS",
      ...lists,
      "--filter=-rx /trusted.SGI_ACL_*",
    ]);
    expect(about(request, ours)).toEqual(["-aHAXS", ...lists]);
    // Said already; and a dry run into nothing must not ask for them at all.
    const asked = { ...first, settings: { ...first.settings, rsyncArgs: ["--acls", "-A"] } };
    expect(about(asked, modern)).toEqual(["-aHAXS"]);
    expect(about({ ...asked, dryRun: true }, modern)).toEqual(["-aHS"]);
  });

  it("over ssh are these, word for word", () => {
    expect(transferArgs(request, modern)).toEqual([
      ...["rsync", "-aHAXS", "--recursive", "--numeric-ids", "--relative", "--delete", "--modify-window=-1"],
      ...["--stats", "--no-human-readable", "--info=progress2", "--out-format=%i // %l // %C // %n // %L"],
      ...["--checksum-choice=xxh128", "--confine-root=/b/web1", "--partial-dir=/b/web1/incomplete/7/partial"],
      ...["--link-dest=/b/web1/snapshots/x/data", "--link-dest=/b/web1/incomplete/6/data"],
      ...["--one-file-system", "--bwlimit=2560k"],
      ...["--filter=+ /srv/keep", "--filter=- *.iso", "--filter=- - odd", "--filter=- ! odd"],
      ...["--compress", "--rsh=ssh -S '/tmp/a b/ssh'", "--rsync-path=sudo -n rsync"],
      ...["--files-from=-", "--from0", "--", "web1:/", "/b/web1/incomplete/7/data/"],
    ]);
  });

  it("for this machine itself leave out the backup root and name no shell", () => {
    const local = transferArgs(
      { ...request, origin: { transport: "local" }, leaveOut: ["/mnt/back*up", "/mnt/plain"] },
      modern,
    );
    expect(local).toContain("--filter=- /mnt/back\\*up");
    expect(local).toContain("--filter=- /mnt/plain");
    expect(local.filter((word) => /^--(rsh|rsync-path|confine-root)/.test(word))).toEqual([]);
    expect(local.slice(-2)).toEqual(["/", "/b/web1/incomplete/7/data/"]);
  });

  it("name sources that no shell could take for anything else, and no others", () => {
    const endWith = (sources: string[], origin: TransferRequest["origin"] = request.origin): string[] => {
      const words = transferArgs({ ...request, origin, settings: { ...request.settings, sources } }, modern);
      return words.slice(words.lastIndexOf("--") - 2);
    };
    expect(endWith(["/etc", "/srv/www.example.org"]).slice(2)).toEqual([
      "--",
      "web1:/etc",
      ":/srv/www.example.org",
      "/b/web1/incomplete/7/data/",
    ]);
    expect(endWith(["/etc"], { transport: "local" }).slice(2)).toEqual([
      "--",
      "/./etc",
      "/b/web1/incomplete/7/data/",
    ]);
    for (const odd of ["/a b", "/a*", "/a$x", "/a;b", "/~a", "/a\nb", "/é", "/a'", "/[a]", "/a:b"])
      expect(endWith(["/etc", odd]), odd).toContain("--files-from=-");
    expect(endWith(Array.from({ length: 51 }, (_, at) => `/${at}`))).toContain("--files-from=-");
  });

  it("ask an older rsync for nothing that it does not know", () => {
    expect(transferArgs(request, old).join(" ")).not.toMatch(/xxh128|confine-root/);
  });

  it("hold what is dangerous in no case", () => {
    for (const dryRun of [true, false]) {
      const text = transferArgs({ ...request, dryRun }, modern).join("\n");
      expect(text).not.toMatch(
        /^--?(inplace|append|trust-sender|old-args|K|vv|copy-dirlinks|ignore-errors)/m,
      );
      expect(text.includes("--dry-run")).toBe(dryRun);
    }
  });

  it("have at most the twenty link bases that rsync takes, and no limit of zero", () => {
    const linkDests = Array.from({ length: 30 }, (_, n) => `/b/${n}`);
    const words = transferArgs(
      { ...request, linkDests, settings: { ...request.settings, bwlimit: 0 } },
      modern,
    );
    expect(words.filter((word) => word.startsWith("--link-dest="))).toHaveLength(20);
    expect(words.join(" ")).not.toContain("--bwlimit");
  });

  it("of a probe list and read nothing below", () => {
    expect(probeArgs({ transport: "local" }, "rsync")).toEqual([
      ...[
        "rsync",
        "--list-only",
        "--links",
        "--dirs",
        "--relative",
        "--no-implied-dirs",
        "--no-human-readable",
      ],
      ...["--debug=PROTO,NSTR", "--files-from=-", "--from0", "--", "/", "."],
    ]);
  });
});

describe("what rsync itself takes apart", () => {
  it("is the remote shell's words again", () => {
    const shell = join(dir, "shell");
    const said = join(dir, "said");
    writeFileSync(shell, `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done > ${said}\nexit 1\n`);
    chmodSync(shell, 0o755);
    const word = fc.string({ unit: fc.constantFrom(..."ab '\"\\-%=/$*;"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const rsh = remoteShellText([shell, ...words, "end"]);
        try {
          execFileSync("rsync", [`--rsh=${rsh}`, "--list-only", "web1:/"], { stdio: "ignore" });
        } catch {
          // The "shell" fails by design; what counts is what it was given.
        }
        const seen = readFileSync(said, "utf8").split("\0");
        expect(seen.slice(0, seen.indexOf("end"))).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it("is a literal pattern that matches just its path", () => {
    const name = fc.string({ unit: fc.constantFrom(..."ab*?[]\\ -+!"), minLength: 1, maxLength: 6 });
    const source = join(dir, "source");
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 4 }), (names) => {
        rmSync(source, { recursive: true, force: true });
        execFileSync("mkdir", ["-p", ...names.map((one) => join(source, one, "x"))]);
        const filter = `--filter=- ${literalPattern(`/${names[0]}`)}`;
        const listed = execFileSync(
          "rsync",
          ["-r", "-8", "--list-only", "--out-format=%n", filter, `${source}/`],
          {
            encoding: "utf8",
          },
        );
        const found = listed.split("\n").map((line) => line.split(/ \d\d:\d\d:\d\d /)[1]);
        for (const one of names) expect(found.includes(one), `${one} of ${names}`).toBe(one !== names[0]);
      }),
      { numRuns: 40 },
    );
  });

  it("is a list of sources that ends each with a NUL, and refuses an empty one", () => {
    expect(sourceList([Buffer.from("/a\nb"), Buffer.from([0x2f, 0xff])])).toEqual(
      Buffer.from("/a\nb\0/\xff\0", "latin1"),
    );
    for (const bad of [null, new Uint8Array()]) expect(() => sourceList([bad])).toThrow("not a path");
  });
});
