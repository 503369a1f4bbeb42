// Keys that pobsync makes, seals, and hands to ssh in memory.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { makeKeyPair } from "../../src/system/key-pair.ts";
import { runProgram } from "../../src/system/program.ts";
import { seal, unseal } from "../../src/system/sealing.ts";
import { isUnknownOption, startAgent } from "../../src/system/ssh-agent.ts";
import { knownHostsText, masterArgs } from "../../src/system/ssh-args.ts";
import { startSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";

const folder = mkdtempSync(join(tmpdir(), "pobsync-seal-"));
const keyFile = join(folder, "state", "secret.key");
beforeEach(() => rmSync(join(folder, "state"), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a sealed text", () => {
  it("opens for what it was sealed for, and for nothing else", async () => {
    const sealed = await seal(keyFile, "web1", "secret ä\n");
    expect(await unseal(keyFile, "web1", sealed)).toEqual({ text: "secret ä\n" });
    expect(await unseal(keyFile, "web2", sealed)).toEqual({ why: "damaged" });
    expect(await seal(keyFile, "web1", "secret ä\n")).not.toBe(sealed);
    expect(sealed).not.toContain("secret");
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  it("that was damaged anywhere does not open", async () => {
    const sealed = await seal(keyFile, "web1", "secret");
    const start = sealed.lastIndexOf(":") + 1;
    for (let at = start; at < sealed.length; at += 1) {
      // Of the last character some bits count for nothing.
      const other = sealed[at] === "A" ? "Z" : "A";
      const damaged = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
      expect(await unseal(keyFile, "web1", damaged)).toEqual({ why: "damaged" });
    }
    for (const text of ["", "v2:00000000:AAAA", sealed.slice(0, start), sealed.slice(0, -9)])
      expect(await unseal(keyFile, "web1", text)).toEqual({ why: "damaged" });
  });

  it("says whether the key is gone or another one", async () => {
    const sealed = await seal(keyFile, "web1", "secret");
    rmSync(keyFile);
    expect(await unseal(keyFile, "web1", sealed)).toEqual({ why: "missing" });
    await seal(keyFile, "web1", "anything");
    expect(await unseal(keyFile, "web1", sealed)).toEqual({ why: "other-key" });
  });

  it("is sealed with one key, also when many want the first one at once", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => seal(keyFile, "web1", `${at}`)));
    const opened = await Promise.all(all.map((sealed) => unseal(keyFile, "web1", sealed)));
    expect(opened).toEqual(all.map((_, at) => ({ text: `${at}` })));
    expect(readdirSync(join(folder, "state"))).toEqual(["secret.key"]);
  });

  it("is refused what lies there and is no key, and that stays as it is", async () => {
    await seal(keyFile, "web1", "x");
    writeFileSync(keyFile, "my shopping list");
    await expect(seal(keyFile, "web1", "x")).rejects.toThrow("is no key of pobsync");
    expect(readFileSync(keyFile, "utf8")).toBe("my shopping list");
  });
});

describe("a key pair", () => {
  it("is one that OpenSSH reads, with its comment", async () => {
    for (const comment of ["", "a", "pobsync for web1", "x".repeat(300)]) {
      const { publicKey, privateKey } = makeKeyPair(comment);
      const file = join(folder, "key");
      writeFileSync(file, privateKey, { mode: 0o600 });
      const read = (await runTool("ssh-keygen", ["-y", "-P", "", "-f", file])).toString().trimEnd();
      expect(read).toBe(comment === "" ? publicKey : `${publicKey} ${comment}`);
    }
  });
});

describe("the agent of a connection", () => {
  it("signs for the host that shows the pinned key and for no other, and is gone afterwards", async () => {
    const sshd = await startSshd();
    const agentFolder = mkdtempSync(join(folder, "agent-"));
    try {
      const keys = [
        makeKeyPair("one that the host does not know"),
        {
          publicKey: readFileSync(`${sshd.identityFile}.pub`, "utf8").trim(),
          privateKey: readFileSync(sshd.identityFile, "utf8"),
        },
      ];
      const place = { alias: "web1", address: sshd.address, port: sshd.port, user: sshd.user, hasAes: true };
      const knownHosts = (name: string): string => {
        const [type = "", key = ""] = sshd.hostKey.split(" ");
        const path = join(folder, name);
        writeFileSync(path, knownHostsText("web1", [{ type, key }]));
        return path;
      };
      const reach = async (forAgent: string, forSsh: string) => {
        const agent = await startAgent(agentFolder, keys, place, forAgent);
        const target = { ...place, credentials: agent.credentials };
        const args = masterArgs(target, forSsh, join(folder, "none")).filter((word) => word !== "-N");
        const { code } = await runProgram([...args, "true"]);
        await agent.end();
        expect(existsSync(join(agentFolder, "agent"))).toBe(false);
        return code;
      };
      const before = knownHosts("before");
      expect(await reach(before, before)).toBe(0);
      await sshd.rekey();
      const after = knownHosts("after");
      expect(await reach(before, after)).toBe(255);
      expect(await reach(after, after)).toBe(0);
    } finally {
      await sshd.stop();
    }
  });

  it("does without that promise where ssh-add is too old to know it", () => {
    expect(isUnknownOption("unknown option -- H\nusage: ssh-add [-cDdKkLlqvXx]")).toBe(true);
    expect(isUnknownOption("ssh-add: invalid option -- 'H'")).toBe(true);
    expect(isUnknownOption("Could not open a connection to your authentication agent.")).toBe(false);
  });
});
