// Names, addresses and users: what may come near ssh.
import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFingerprint, parseHostKey } from "../../../src/domain/host.ts";
import {
  parseAddress,
  parseHostName,
  parseRemoteRsync,
  parseUser,
} from "../../../src/domain/host-address.ts";

const accepted = (parse: (given: unknown) => string, given: string): string | null => {
  try {
    return parse(given);
  } catch {
    return null;
  }
};

describe("an address", () => {
  it.each([
    "web1",
    "web1.example.org",
    "web1.example.org.",
    "192.0.2.1",
    "2001:db8::1",
    "::1",
    "1:2:3:4:5:6:7::",
    "::",
    "a_b",
    "xn--bcher-kva",
  ])("may be %s", (address) => {
    expect(parseAddress(address)).toBe(address);
  });

  it.each([
    ["[2001:db8::1]", "2001:db8::1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["fe80::1%eth0", "fe80::1%eth0"],
  ])("%s is %s", (given, address) => {
    expect(parseAddress(given)).toBe(address);
  });

  it("with a colon is accepted exactly when Node takes it for an IPv6 address", () => {
    const part = fc.constantFrom("", "0", "1", "db8", "ffff", "fffff", "g", "192.0.2.1", "256.0.0.1", ":");
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 10 }), (parts) => {
        const text = parts.join(":");
        expect(accepted(parseAddress, text) !== null).toBe(isIP(text) === 6);
      }),
      { numRuns: 3000 },
    );
  });

  it("of digits and dots is accepted exactly when Node takes it for an IPv4 address", () => {
    const part = fc.constantFrom("0", "1", "01", "255", "256", "999", "");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.join(".");
        expect(accepted(parseAddress, text) !== null).toBe(isIP(text) === 4);
      }),
    );
  });

  it("never holds what rsync or ssh would read as a path, an option or a user", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a1-./:@%[]= $`;\n\\~*"), maxLength: 12 }), (text) => {
        const address = accepted(parseAddress, text);
        if (address !== null) expect(address).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a host's name", () => {
  it("is always a plain folder name", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (text) => {
        const name = accepted(parseHostName, text);
        if (name !== null) expect(name).toMatch(/^(?!\.)[A-Za-z0-9._-]{1,64}$/);
      }),
    );
    expect(parseHostName("Web-1.example_org")).toBe("Web-1.example_org");
  });
});

describe("a user", () => {
  it.each(["root", "backup_user", "_rsync", "ada.lovelace", "ada@example.org", "A-1"])(
    "may be %s",
    (user) => {
      expect(parseUser(user)).toBe(user);
    },
  );
});

describe("the host's rsync", () => {
  it.each([
    "rsync",
    "/usr/bin/rsync",
    "sudo -n rsync",
    "nice -n 19 ionice -c3 /usr/bin/rsync",
    "env A=b rsync",
  ])("may be %s", (words) => {
    expect(parseRemoteRsync(words)).toBe(words);
  });
});

describe("a host key", () => {
  const key = `AAAAC3NzaC1lZDI1NTE5AAAAI${"x".repeat(43)}`;
  it.each([
    `web1 ssh-ed25519 ${key}`,
    `ssh-ed25519 ${key} root@web1`,
    `[192.0.2.1]:2222 ssh-ed25519 ${key}\n`,
    `|1|abc=|def= ssh-ed25519 ${key}`,
  ])("is found in %s", (line) => {
    expect(parseHostKey(line)).toEqual({ type: "ssh-ed25519", key });
  });

  it.each(["", "# a comment", "web1 ssh-ed25519 short", "web1 telnet-key AAAA"])(
    "is not found in %j",
    (line) => {
      expect(parseHostKey(line)).toBeNull();
    },
  );

  it("has a fingerprint that may be typed with or without its prefix and padding", () => {
    const digest = "A".repeat(43);
    for (const given of [digest, `SHA256:${digest}`, `SHA256:${digest}=`])
      expect(parseFingerprint(given)).toBe(`SHA256:${digest}`);
    expect(() => parseFingerprint(`MD5:${digest}`)).toThrow("SHA256: and 43 characters");
  });
});
