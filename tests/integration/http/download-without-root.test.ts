// Downloads of a snapshot that an ordinary user made are those of the host's own tree.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackTar, zipEntries } from "../../support/archives.ts";
import { compareTrees } from "../../support/compare-trees.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { bytesOf, type DownloadQuery, downloadUrl } from "../../support/downloads.ts";
import { planted, plantTree } from "../../support/hostile-tree.ts";
import { makeOrdinarySite, type OrdinarySite } from "../../support/ordinary-user.ts";
import { type TreeFacts, treeFacts } from "../../support/tree-facts.ts";

let at: OrdinarySite;
let console: TestConsole;
let source: string;
let expected: TreeFacts;

beforeAll(async () => {
  at = await makeOrdinarySite();
  const { world } = at.site;
  source = join(world.hostDir, "tree");
  await plantTree(source, { sparseMebibytes: 16 });
  expected = await treeFacts(source);
  await at.site.configureHost("web1", at.sshd, "--source", source);
  await at.site.backUp("web1");
  console = await startConsole({ world });
});
afterAll(async () => {
  await console.close();
  await at.dispose();
});

const get = (query: DownloadQuery): Promise<Response> => console.fetch("operator", downloadUrl(query));

describe("a folder as a tar", () => {
  it("unpacks, as root, to what the host has: owners, modes, devices, links, ACLs, attributes, holes", async () => {
    const unpacked = join(at.site.world.dir, "unpacked");
    await unpackTar(await bytesOf(await get({ path: source, format: "tar" })), unpacked);
    const isSocket = (path: string): boolean => expected.entries.get(path)?.type === "socket";
    const found = await treeFacts(join(unpacked, "tree"));
    expect(compareTrees(expected, found, { ignorePath: isSocket })).toEqual([]);
  });

  it("holds single links and devices, and refuses what it has no place for", async () => {
    const one = async (path: string): Promise<TreeFacts> => {
      const folder = join(at.site.world.dir, `one-${path.replaceAll("/", "-")}`);
      await unpackTar(await bytesOf(await get({ path: join(source, path), format: "tar" })), folder);
      return treeFacts(folder);
    };
    expect((await one("special/block device")).entries.get("block device")).toMatchObject({
      ...{ type: "block", device: "300:70000", mode: 0o660 },
    });
    expect((await one("links/long")).entries.get("long")?.target).toBe("x/".repeat(500));
    const socket = await get({ path: join(source, "special/socket"), format: "tar" });
    expect(socket.status).toBe(400);
  });
});

describe("a folder as a zip", () => {
  it("has links as links, with the permissions of the host, and names what it cannot hold", async () => {
    const archive = await bytesOf(await get({ path: source, format: "zip" }));
    const { items, comment } = await zipEntries(archive, at.site.world.dir);
    const byName = new Map(items.map((item) => [item.name, item]));
    expect(byName.get(`tree/${planted.danglingLink}`)).toMatchObject({ mode: 0o120777 });
    expect(`${byName.get(`tree/${planted.danglingLink}`)?.content}`).toBe("nowhere/at/all");
    expect(byName.get(`tree/${planted.setuid}`)?.mode).toBe(0o104755);
    expect(byName.get(`tree/${planted.closed}`)?.mode).toBe(0o100000);
    expect(comment).toContain("special/fifo");
  });
});

it("a file comes as it is, and a link is refused as what it is", async () => {
  expect(`${await bytesOf(await get({ path: join(source, planted.closed) }))}`).toBe("0000");
  const link = await get({ path: join(source, planted.danglingLink) });
  expect(link.status).toBe(400);
  expect(await link.text()).toContain("symbolic link to nowhere/at/all");
});
