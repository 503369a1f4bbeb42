// Nothing that is configured, and nothing that a host is called or holds, is ever read by a shell, here or there.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";

let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
});
afterAll(() => site.dispose());

/** A file of this name appears where a shell has read what it should not have. */
const mark = `pobsync-shell-was-here-${process.pid}`;
const temptations = [
  `$(touch ${mark})`,
  `\`touch ${mark}\``,
  `;touch ${mark}`,
  `| touch ${mark}`,
  `&& touch ${mark} &`,
  `\ntouch ${mark}\n`,
  `' ; touch ${mark} ; '`,
  `" ; touch ${mark} ; "`,
  `\${IFS}touch\${IFS}${mark}`,
  `> ${mark}`,
  `--rsync-path=touch ${mark}`,
  `*`,
  `~`,
  `-e touch ${mark}`,
];
/** As it is typed: a backslash and a line end are escapes. */
const typed = (name: string): string => name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

/** Where a command of the host or of this server would leave the mark. */
const marksLeft = (): string[] =>
  [homedir(), "/", "/tmp", process.cwd(), site.world.dir, site.world.hostDir, site.source]
    .map((folder) => join(folder, mark))
    .filter((path) => existsSync(path))
    .concat(
      readdirSync(site.world.dir, { recursive: true })
        .map(String)
        .filter((path) => path.endsWith(`/${mark}`)),
    );

describe.each(["ssh", "local"])("over %s", (transport) => {
  beforeAll(() => site.configure("--transport", transport));

  it("sources with names that a shell would act upon are backed up, each as it is", async () => {
    const sources = temptations.map((name) => join(site.world.hostDir, name));
    for (const source of sources) {
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, "inside"), source);
    }
    await site.configure(...sources.flatMap((source) => ["--source", typed(source)]));
    const { exit, problem, dataPath } = await site.backup();
    expect({ exit, problem }).toEqual({ exit: 0, problem: null });
    for (const source of sources)
      expect(readFileSync(join(`${dataPath}${source}`, "inside"), "utf8")).toBe(source);
    expect(marksLeft()).toEqual([]);
    await site.configure("--source", site.source);
  });

  it("includes and excludes reach rsync as patterns, whatever they hold", async () => {
    const patterns = temptations.filter((name) => !name.includes("\n") && name !== "*");
    for (const name of [...patterns, "kept"])
      writeFileSync(join(site.source, name.replaceAll("/", "_")), "x");
    await site.configure(
      ...patterns.flatMap((pattern) => ["--exclude", pattern, "--include", `${pattern}x`]),
    );
    const { exit, dataPath } = await site.backup();
    await site.configure("--unset", "excludes", "--unset", "includes");
    expect(exit).toBe(0);
    expect(readdirSync(`${dataPath}${site.source}`).sort()).toEqual(["a", "kept"]);
    expect(marksLeft()).toEqual([]);
  });

  it("the words of a hook arrive as they were typed", async () => {
    const said = join(site.world.dir, "said");
    const hook = site.script("hook", `printf '<%s>' "$@" > ${said}`);
    await site.configure("--pre-hook", `${hook} * ~ #x !x (x) {a,b} \\ \\n [x] x=y 'a  b' "it's" -e`);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    await site.configure("--unset", "preHook");
    expect(readFileSync(said, "utf8")).toBe("<*><~><#x><!x><(x)><{a,b}><\\><\\n><[x]><x=y><a  b><it's><-e>");
  });
});
