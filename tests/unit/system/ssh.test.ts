// ssh: its arguments, and what its own words mean (recorded from OpenSSH 8.4 to 10).

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  keyRequestArgs,
  knownHostsText,
  masterArgs,
  remoteWord,
  sharedArgs,
} from "../../../src/system/ssh-args.ts";
import { printableLines, sshProblem } from "../../../src/system/ssh-failure.ts";

const target = {
  alias: "web1",
  address: "fe80::1%eth0",
  port: 2222,
  user: "backup",
  hasAes: true,
  credentials: { from: "file", path: "/keys/a b%c" },
} as const;

/** What `ssh -G` makes of arguments: the settings that count, without connecting. */
const settings = (args: readonly string[]): Map<string, string> => {
  const text = execFileSync("ssh", ["-G", ...args.slice(1).filter((word) => word !== "-N")], {
    encoding: "utf8",
  });
  return new Map(
    text.split("\n").map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]),
  );
};

describe("ssh's arguments", () => {
  it("make a connection that asks nobody, trusts the pinned key alone and forwards nothing", () => {
    const found = settings(masterArgs(target, "/tmp/p 1/known_hosts", "/tmp/p 1/ssh"));
    expect(Object.fromEntries(found)).toMatchObject({
      hostname: "fe80::1%eth0",
      hostkeyalias: "web1",
      port: "2222",
      user: "backup",
      batchmode: "yes",
      stricthostkeychecking: "true",
      userknownhostsfile: "/tmp/p 1/known_hosts",
      globalknownhostsfile: "none",
      identitiesonly: "yes",
      identityfile: "/keys/a b%%c",
      forwardagent: "no",
      forwardx11: "no",
      clearallforwardings: "yes",
      permitlocalcommand: "no",
      connecttimeout: "15",
      serveraliveinterval: "15",
      serveralivecountmax: "4",
      controlmaster: "true",
      updatehostkeys: "false",
      requesttty: "false",
    });
    expect(found.get("ciphers")).toMatch(/^aes128-gcm@openssh\.com,/);
    const slow = settings(masterArgs({ ...target, hasAes: false }, "/k", "/s")).get("ciphers");
    expect(slow).toMatch(/^chacha20-poly1305@openssh\.com,aes128-gcm@/);
    expect(slow?.split(",").sort()).toEqual(found.get("ciphers")?.split(",").sort());
  });

  it("of further commands use that connection, and of a key request offer no credentials", () => {
    const shared = settings([...sharedArgs(target, "/k", "/tmp/s"), "web1"]);
    expect([shared.get("controlmaster"), shared.get("controlpath")]).toEqual(["false", "/tmp/s"]);
    const asking = settings(keyRequestArgs(target, "/k"));
    expect(asking.get("pubkeyauthentication")).toMatch(/^(no|false)$/);
    expect(asking.get("stricthostkeychecking")).toBe("accept-new");
    expect(keyRequestArgs(target, "/k").join(" ")).not.toContain("IdentityFile");
  });

  it("pin keys under the host's name", () => {
    const keys = [{ type: "ssh-ed25519", key: "AAAA" }];
    expect(knownHostsText("web1", keys)).toBe("web1 ssh-ed25519 AAAA\n");
  });

  it("quote every word so that a shell gives it back", () => {
    const word = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(..."a '\"\\$`;\n*~!#") }),
    );
    fc.assert(
      fc.property(
        fc.array(
          word.filter((text) => !text.includes("\0")),
          { minLength: 1, maxLength: 5 },
        ),
        (words) => {
          const script = `for word in ${words.map(remoteWord).join(" ")}; do printf '%s\\0' "$word"; done`;
          expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(
            words,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("ssh's words", () => {
  it.each([
    [
      "@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
      "host_key_changed",
    ],
    [
      "No ED25519 host key is known for web1 and you have requested strict checking.\nHost key verification failed.",
      "host_key_changed",
    ],
    [
      "Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa",
      "host_key_changed",
    ],
    ["ssh: Could not resolve hostname web1: Name or service not known", "name_not_found"],
    ["ssh: Could not resolve hostname web1: Temporary failure in name resolution", "name_not_found"],
    ["ssh: connect to host 192.0.2.1 port 22: Connection refused", "connection_refused"],
    ["ssh: connect to host 192.0.2.1 port 22: Connection timed out", "host_unreachable"],
    ["ssh: connect to host 192.0.2.1 port 22: No route to host", "host_unreachable"],
    ["ssh: connect to host 192.0.2.1 port 22: Network is unreachable", "host_unreachable"],
    [
      "Connection timed out during banner exchange\nConnection to 192.0.2.1 port 22 timed out",
      "host_unreachable",
    ],
    ["root@192.0.2.1: Permission denied (publickey,password).", "authentication_failed"],
    [
      "Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures",
      "authentication_failed",
    ],
    [
      "no such identity: /k: No such file or directory\nroot@h: Permission denied (publickey).",
      "identity_file_unusable",
    ],
    [
      "Warning: Identity file /k not accessible: No such file or directory.\nroot@h: Permission denied (publickey).",
      "identity_file_unusable",
    ],
    ['Load key "/k": bad permissions\nroot@h: Permission denied (publickey).', "identity_file_unusable"],
    ['Load key "/k": Permission denied\nroot@h: Permission denied (publickey).', "identity_file_unusable"],
    ["Timeout, server 192.0.2.1 not responding.", "connection_lost"],
    ["client_loop: send disconnect: Broken pipe", "connection_lost"],
    ["Connection to 192.0.2.1 closed by remote host.", "connection_lost"],
    [
      "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 192.0.2.1 port 22",
      "connection_lost",
    ],
    ["", "host_unreachable"],
    ["something that no version said so far", "host_unreachable"],
  ])("%j mean %s", (stderr, code) => {
    const problem = sshProblem(stderr, "192.0.2.1");
    expect(problem.code).toBe(code);
    expect(problem.detail).toBe(stderr === "" ? null : stderr);
    expect(problem.message).toMatch(/^(192\.0\.2\.1|The |ssh )[^\n]{10,}\.$/);
  });

  it("cannot reach the terminal as commands", () => {
    expect(printableLines("a\u001b[2J\r\nb\u202e\u009b31m")).toBe("a\\x1b[2J\nb\\u{202e}\\x9b31m");
  });
});
