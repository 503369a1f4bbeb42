// The guide for the Debian package, followed to the letter on a Debian with systemd that has nothing else.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGuide } from "../support/guide.ts";
import { type Machine, type Machines, makeMachines, type Replacement } from "../support/machine.ts";
import { PACKAGES } from "../support/packages.ts";

const guide = readGuide("install/debian.md");
const upgrading = readGuide("upgrading.md");
const proxy = readGuide("tls-proxy.md");
const HOST = "web1.example.org";
const SUMS = "find etc srv -type f -print0 | sort -z | xargs -0 sha256sum";

let machines: Machines;
let server: Machine;
let host: Machine;
let file: string;
beforeAll(() => {
  machines = makeMachines();
  server = machines.start("debian:bookworm-slim");
  file = readdirSync(PACKAGES).find((name) => name.endsWith(".deb")) ?? "";
  server.copyIn(join(PACKAGES, file), `/root/${file}`);
});
afterAll(() => machines.dispose());

const BY_HAND: readonly Replacement[] = [
  // Somebody says yes.
  ["apt install", "apt-get install -y"],
  ["apt remove", "apt-get remove -y"],
  // The guide says that something is missing still.
  [/pobsync doctor\n$/, "pobsync doctor || [ $? = 6 ]\n"],
  [
    /createsuperuser --username ada\n/,
    "createsuperuser --username ada --password-stdin <<< 'correct horse battery stapler'\n",
  ],
];
const follow = (heading: string, from = 0, to?: number): string =>
  server.run(guide.section(heading).slice(from, to).join("\n"), BY_HAND);
const snapshots = (): number => JSON.parse(server.run("pobsync --json snapshots web1")).items.length;
const isActive = (unit: string): string => server.run(`systemctl is-active ${unit} || true`).trim();

describe("the Debian package", () => {
  it("runs once it is installed, and the guide leads to a first backup", () => {
    expect(follow("Install")).toContain("active (running)");
    follow("First backup", 0, 1);
    const made = follow("First backup", 1, 2);
    host = machines.startHost(HOST, made.slice(made.indexOf("ssh-ed25519")));
    follow("First backup", 2);
    const stored = server.run(`cd /mnt/backups/pobsync/web1/latest/data && ${SUMS}`);
    expect(stored).toBe(host.run(`cd / && ${SUMS}`));
    follow("The console");
    expect(JSON.parse(server.run("pobsync --json doctor"))).toMatchObject({ ok: true });
  });

  it("executes what is queued, and starts again as it was", () => {
    follow("/etc/default/pobsync", 0, 1);
    expect(isActive("pobsync")).toBe("active");
    const { run } = JSON.parse(server.run("pobsync --json backup web1 --queue"));
    server.run(`pobsync show-run ${run.id} --follow`);
  });

  it("has a service for each part, which exclude the one for all and do the same", () => {
    follow("Three services instead of one", 0, 1);
    expect(isActive("pobsync")).toBe("inactive");
    server.run("pobsync healthcheck web scheduler worker --wait 1m");
    const { run } = JSON.parse(server.run("pobsync --json backup web1 --queue"));
    server.run(`pobsync show-run ${run.id} --follow`);
    const stored = server.run(`cd /mnt/backups/pobsync/web1/latest/data && ${SUMS}`);
    expect(stored).toBe(host.run(`cd / && ${SUMS}`));
    follow("Three services instead of one", 1);
    expect([isActive("pobsync"), isActive("pobsync-worker")]).toEqual(["active", "inactive"]);
  });

  it("ends in good order before an upgrade, and is there after it", () => {
    const startedAt = (): string =>
      server.run("systemctl show --property ExecMainStartTimestampMonotonic pobsync");
    const before = startedAt();
    server.copyIn(join(PACKAGES, file), "/root/pobsync_NEW_amd64.deb");
    // It is no newer one, which apt would not install again.
    const again: Replacement = ["apt install", "apt-get install -y --reinstall"];
    const [commands = ""] = upgrading.section("Debian package");
    expect(server.run(commands, [again])).toContain("database");
    expect([isActive("pobsync"), isActive("pobsync-worker")]).toEqual(["active", "inactive"]);
    expect(startedAt()).not.toBe(before);
    expect(snapshots()).toBeGreaterThan(1);
  });

  it("goes back with the dump of before, and finds what was backed up since", () => {
    server.run("pobsync backup web1");
    const before = snapshots();
    server.run("systemctl disable --now pobsync");
    server.run(upgrading.section("The way back")[0] ?? "");
    expect(isActive("pobsync")).toBe("active");
    expect(snapshots()).toBe(before);
    server.run("pobsync backup web1");
    expect(snapshots()).toBe(before + 1);
  });

  it("is reached with TLS behind nginx, and a login there stands in the audit", () => {
    const name = "backup.example.org";
    const [site = ""] = proxy.section("nginx", "nginx");
    // What whoever has the site has already: nginx, a name, a certificate.
    server.run(`apt-get install -y --no-install-recommends nginx-light openssl curl ca-certificates
      echo 127.0.0.1 ${name} >> /etc/hosts
      mkdir -p /etc/ssl/${name}
      openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=${name} -addext subjectAltName=DNS:${name} \\
        -keyout /etc/ssl/${name}/privkey.pem -out /etc/ssl/${name}/fullchain.pem
      cp /etc/ssl/${name}/fullchain.pem /usr/local/share/ca-certificates/${name}.crt
      update-ca-certificates
      systemctl start nginx`);
    server.run(`cat > /etc/nginx/sites-enabled/pobsync <<'SITE'\n${site}SITE\n`);
    server.run(proxy.section("nginx").join("\n"));
    server.run(proxy.section("Tell pobsync")[0] ?? "");
    server.run("pobsync healthcheck web --wait 1m");
    expect(server.run(proxy.section("See that it works").join("\n"))).toBe('{"status":"ok"}');
    const signedIn = server.run(
      `curl --fail --silent --include --interface 127.0.0.2 https://${name}/api/login \\
        --header 'content-type: application/json' --data '{"username":"ada","password":"correct horse battery stapler"}'`,
    );
    expect(signedIn).toMatch(/set-cookie: .*; Secure/i);
    expect(signedIn).toMatch(/strict-transport-security: max-age=/i);
    expect(server.run("pobsync audit --limit 5")).toMatch(/127\.0\.0\.2.*login|login.*127\.0\.0\.2/i);
  });

  it("leaves database and backups when it is removed", () => {
    follow("Removing");
    expect(
      server.run("ls /var/lib/pobsync/pobsync.sqlite3 && ls /mnt/backups/pobsync/web1/latest/data"),
    ).toContain("etc");
    expect(server.run("grep -l '[p]obsync.js' /proc/[0-9]*/cmdline 2>/dev/null || true")).toBe("");
  });
});
