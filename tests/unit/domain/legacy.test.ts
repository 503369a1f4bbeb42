import { describe, expect, it } from "vitest";
import { type LegacyFiles, readLegacyConfiguration } from "../../../src/domain/legacy/configuration.ts";
import { Problem } from "../../../src/domain/problem.ts";

const files = (global: unknown, hosts: Record<string, unknown> = {}): LegacyFiles => ({
  global: { file: "config/global.yaml", value: global },
  hosts: Object.entries(hosts).map(([name, value]) => ({ name, file: `config/hosts/${name}.yaml`, value })),
});
const refusalOf = (given: LegacyFiles): string => {
  try {
    readLegacyConfiguration(given);
  } catch (error) {
    if (error instanceof Problem) return error.message;
  }
  return "nothing was refused";
};

describe("the predecessor's global file", () => {
  it("becomes our global layer, key by key", () => {
    const { backupRoot, settings, notes } = readLegacyConfiguration(
      files({
        backup_root: "/mnt/backups/pobsync",
        ssh: { user: "backup", port: 2222, options: ["-oBatchMode=yes", "-i /root/.ssh/backup"] },
        rsync: {
          args: ["-aHAX", "--numeric-ids", "--delete-delay", "--one-file-system"],
          extra_args: ["--compress", "--max-size=2G"],
          timeout_seconds: 600,
          bwlimit_kbps: 2048,
        },
        defaults: { source_root: "/", includes: ["/tmp/keep"], excludes: ["/tmp/*", "*.iso"] },
        retention: { daily: 14, weekly: 8, monthly: 12, yearly: 0 },
      }),
    );
    expect(backupRoot).toBe("/mnt/backups/pobsync");
    expect(settings).toEqual({
      ...{ sshUser: "backup", sshPort: 2222, identityFile: "/root/.ssh/backup", oneFileSystem: true },
      ...{ rsyncArgs: ["--compress", "--max-size=2G"], stallTimeoutSeconds: 600, bwlimit: 2048 * 1024 },
      ...{ includes: ["/tmp/keep"], excludes: ["/tmp/*", "*.iso"] },
      ...{ keepDaily: 14, keepWeekly: 8, keepMonthly: 12, keepYearly: 0 },
    });
    expect(notes.map(({ kind }) => kind)).not.toContain("unknown");
  });

  it("tells every key and every word that it has no place for, and drops none silently", () => {
    const { notes, settings } = readLegacyConfiguration(
      files({
        backup_root: "/mnt/b",
        mail: { to: "ada@example.org" },
        ssh: { options: ["-oProxyJump=gate", "-4"], cipher: "aes" },
        rsync: { args: ["--inplace", "-aPx", "--exclude=*.tmp"], binary: "/opt/rsync", timeout_seconds: 0 },
        defaults: { excludes_default: [] },
      }),
    );
    expect(notes.filter(({ kind }) => kind === "unknown").map(({ key }) => key)).toEqual([
      "rsync.args[0]",
      "rsync.binary",
      "ssh.options",
      "ssh.options",
      "rsync.timeout_seconds",
      "defaults.excludes_default",
      "ssh.cipher",
      "mail",
    ]);
    expect(settings).toEqual({ oneFileSystem: true, excludes: ["*.tmp"] });
  });

  it.each([
    [{ backup_root: 5 }, /^config\/global\.yaml: backup_root: /],
    [{ retention: { daily: -1 } }, /^config\/global\.yaml: retention\.daily: /],
    [{ retention: [] }, /^config\/global\.yaml: retention is not a mapping/],
    [{ ssh: { port: "no" } }, /^config\/global\.yaml: ssh\.port: /],
    [{ defaults: { excludes: [{}] } }, /^config\/global\.yaml: defaults\.excludes: /],
    [{ defaults: { source_root: "srv" } }, /^config\/global\.yaml: defaults\.source_root: /],
    [[], /^config\/global\.yaml: it is not a mapping/],
  ])("is refused by file and key: %j", (global, message) => {
    expect(refusalOf(files(global))).toMatch(message);
  });
});

describe("a host's file", () => {
  it("adds to the global lists, and overrides the rest", () => {
    const { settings, hosts } = readLegacyConfiguration(
      files(
        {
          backup_root: "/mnt/b",
          defaults: { source_root: "/", excludes: ["/tmp/*"] },
          retention: { daily: 14 },
        },
        {
          web1: {
            ...{
              address: "web1.example.org",
              enabled: false,
              ssh: { port: 2200 },
              excludes_add: ["/srv/cache/*"],
            },
            ...{ retention: { daily: 3 }, schedule: { cron: "15 2 * * *", prune: true } },
          },
        },
      ),
    );
    expect(settings.excludes).toEqual(["/tmp/*"]);
    expect(hosts).toEqual([
      {
        ...{ name: "web1", address: "web1.example.org", transport: null, enabled: false },
        settings: { sshPort: 2200, excludes: ["/srv/cache/*"], keepDaily: 3 },
        schedule: { cron: "15 2 * * *", prune: true },
      },
    ]);
  });

  it("that replaces the global excludes leaves every host with the list that held for it", () => {
    const { settings, hosts } = readLegacyConfiguration(
      files(
        { backup_root: "/mnt/b", defaults: { excludes: ["*.iso", "/tmp/*"] } },
        {
          db1: { address: "db1", excludes_replace: ["*.log"] },
          web1: { address: "web1", excludes_add: ["*.bak"] },
        },
      ),
    );
    expect(settings.excludes).toEqual([]);
    expect(hosts.map((host) => host.settings.excludes)).toEqual([["*.log"], ["*.iso", "/tmp/*", "*.bak"]]);
  });

  it("has anchored patterns counted from its source root, as they were", () => {
    const { settings, hosts } = readLegacyConfiguration(
      files(
        { backup_root: "/mnt/b", defaults: { source_root: "/srv/", excludes: ["/cache/*", "*.tmp"] } },
        { nas: { address: "nas", source_root: "/data", excludes_add: ["/old"] }, web1: { address: "web1" } },
      ),
    );
    expect(settings).toEqual({ excludes: [] });
    expect(hosts.map((host) => host.settings)).toEqual([
      { sources: ["/data"], excludes: ["/data/cache/*", "*.tmp", "/data/old"] },
      { sources: ["/srv"], excludes: ["/srv/cache/*", "*.tmp"] },
    ]);
  });
});
