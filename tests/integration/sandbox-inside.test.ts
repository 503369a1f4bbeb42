// What a program can do in the sandbox, where rsync would be if a hostile host had taken it over: everything is tried from inside.
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandboxed, trySandbox } from "../../src/system/sandbox.ts";
import type { View } from "../../src/system/sandbox-args.ts";
import { processesMentioning } from "../support/processes.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorld, type World } from "../support/world.ts";

let world: World;
let sandbox: Sandbox;
let folder = "";
beforeAll(async () => {
  world = makeWorld();
  folder = join(world.backupRoot, "web1");
  for (const host of ["web1", "mail"]) mkdirSync(join(world.backupRoot, host));
  writeFileSync(join(world.backupRoot, "mail", "secret"), "of another host");
  writeFileSync(join(world.stateDir, "id_ed25519"), "a private key");
  const tried = await trySandbox(folder);
  if ("whyNot" in tried) throw new Error(`no sandbox here: ${tried.whyNot}`);
  ({ sandbox } = tried);
});
afterAll(() => world.dispose());

const viewsOf = (path: string): View[] => [{ folder: path, at: "/h", isWritable: true }];

/** Runs a shell script inside, where `outside` is all that it can talk to. */
async function inside(script: string, outside = ["true"], more: readonly View[] = []) {
  const argv = ["/bin/sh", "-c", script];
  const program = await startSandboxed({ sandbox, views: [...viewsOf(folder), ...more], argv }, outside, {
    outputLimitBytes: 100_000,
  });
  const { code, output, stderr } = await program.done;
  return { code, output: output.toString(), stderr };
}

/** Perl is part of every Debian, and calls what no command does. */
const systemCall = (words: string): string =>
  `perl -e 'my ($f, $n, $v) = qw(f trusted.x v); exit(syscall(${words}) == -1 ? $! + 0 : 200)'`;

describe("a program in the sandbox", () => {
  it("can read the snapshot of a trusted host that it is shown, and change nothing of it", async () => {
    const sibling: View = { folder: join(world.backupRoot, "mail"), at: "/s", isWritable: false };
    const file = join(sibling.folder, "secret");
    const before = statSync(file, { bigint: true });
    const attempts = [
      ...[
        "echo x > /s/secret",
        "echo x > /s/new",
        "chmod 777 /s/secret",
        "chown 1 /s/secret",
        "touch -m /s/secret",
      ],
      ...["rm /s/secret", "mv /s/secret /s/other", "ln /s/secret /h/linked", "truncate -s 0 /s/secret"],
    ];
    const { output } = await inside(
      `cat /s/secret; ${attempts.map((attempt) => `(${attempt}) 2>&- && echo "done: ${attempt}"`).join("; ")}`,
      ["true"],
      [sibling],
    );
    expect(output).toBe("of another host");
    expect(statSync(file, { bigint: true })).toEqual(before);
    expect(readdirSync(sibling.folder)).toEqual(["secret"]);
  });

  it("sees the folder of its host, the system's programs, and nothing else", async () => {
    const { output } = await inside("cd / && echo *; echo /dev/*; ls -A /h; cat /etc/passwd /etc/shadow");
    expect(output).toMatch(/^bin dev h lib( lib32)?( lib64)?( libx32)? sbin usr\n\/dev\/null\n$/);
    for (const path of [
      world.dir,
      world.backupRoot,
      "/root",
      "/home",
      "/proc",
      "/sys",
      "/tmp",
      "/run",
      "/var",
    ])
      expect((await inside(`ls ${path}`)).stderr, path).toContain("No such file");
  });

  it("writes in the folder of its host and nowhere else", async () => {
    const { stderr } = await inside(
      "echo yes > /h/new; for f in /x /usr/x /dev/x /bin/x; do echo no > $f; done",
    );
    expect(readdirSync(folder)).toEqual(["new"]);
    expect(stderr.match(/Read-only file system/g)).toHaveLength(4);
  });

  it("cannot take /dev/null from everybody", async () => {
    const { code, stderr } = await inside("chmod 600 /dev/null || exit 7");
    expect({ code, stderr }).toMatchObject({ code: 7, stderr: expect.stringContaining("Read-only") });
    expect(statSync("/dev/null").mode & 0o777).toBe(0o666);
  });

  it.each([
    ["a folder of another host", "../../mail/secret"],
    ["a key of this server", "../../../state/id_ed25519"],
  ])("does not get through a link to %s", async (_, target) => {
    const { stderr, output } = await inside(
      `ln -sfn ${target} /h/link; cat /h/link; ln -sfn ${world.dir} /h/all; ls /h/all/; rm /h/link /h/all`,
    );
    expect(output).toBe("");
    expect(stderr.match(/No such file/g)).toHaveLength(2);
  });

  it("has no network", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const { code } = await inside(
      `perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0) or exit 41; connect(S, sockaddr_in(${port}, inet_aton("127.0.0.1"))) or exit 42; exit 0'`,
    );
    server.close();
    expect(code).toBe(41);
  });

  it.each([
    ["mount", "mount -t tmpfs none /h"],
    ["mount what is outside", "mount --bind / /h"],
    ["make namespaces", "unshare --mount true"],
    ["become root elsewhere", "unshare --user --map-root-user true"],
    ["change its root", "chroot /h true"],
    ["open a device", "mknod /h/disk b 254 0; dd if=/h/disk count=1"],
    ["open the kernel's memory", "mknod /h/mem c 1 1; dd if=/h/mem count=1 bs=1"],
    ["end those outside", `kill -9 ${process.pid}`],
    ["change the clock", "date -s 2001-01-01"],
    ["change the machine's name", "hostname evil"],
  ])("cannot %s", async (_, command) => {
    const { code, stderr } = await inside(`(${command}) || exit 7; exit 0`);
    expect(code, stderr).toBe(7);
    await inside("rm -f /h/disk /h/mem");
  });

  // On x86-64 and arm64, in this order.
  it.each([
    ["open_by_handle_at", [304, 265], "0, 0, 0"],
    ["setns", [308, 268], "0, 0"],
    ["bpf", [321, 280], "0, 0, 0"],
    ["open_tree", [428, 428], "-100, 0, 0"],
    ["fsopen", [430, 430], "0, 0"],
    ["io_uring_setup", [425, 425], "1, 0"],
    ["ptrace", [101, 117], "0, 0, 0, 0"],
    ["ioctl", [16, 29], "1, 0, 0"],
    ["clone with a new user namespace", [56, 220], "0x10000011, 0, 0, 0, 0"],
    ["madvise that poisons memory", [28, 233], "0, 0, 100"],
  ])("is refused %s by the kernel", async (_, numbers, rest) => {
    const EPERM = 1;
    const number = numbers[process.arch === "x64" ? 0 : 1];
    expect((await inside(systemCall(`${number}, ${rest}`))).code).toBe(EPERM);
  });

  it("still makes what a backup is made of: owners, modes, devices, attributes of every kind, hard links", async () => {
    const { code, stderr } = await inside(
      `cd /h && touch f && chown 12:34 f && chmod 4755 f && ln f g && mkfifo p && mknod d c 1 3 && ${systemCall(
        `${process.arch === "x64" ? 188 : 5}, $f, $n, $v, 1, 0`,
      )}`,
    );
    expect(code, stderr).toBe(200);
    await inside("rm /h/f /h/g /h/p /h/d");
  });

  it("talks to what runs outside and gets its answer", async () => {
    const { output } = await inside("echo question >&5; head -n 1 <&6", [
      "/bin/sh",
      "-c",
      'read -r question; echo "an answer to the $question"',
    ]);
    expect(output).toBe("an answer to the question\n");
  });
});

describe("the sandbox", () => {
  it("ends with whoever holds it, and all in it", async () => {
    const mark = `987654${process.pid}`;
    const argv = ["/bin/sh", "-c", `trap "" TERM; sleep ${mark} & sleep ${mark}`];
    const outside = ["sleep", mark];
    const program = await startSandboxed({ sandbox, views: viewsOf(folder), argv }, outside, {});
    await waitUntil(() => processesMentioning(mark).length >= 4, { what: "all of it to run" });
    program.kill();
    await waitUntil(() => processesMentioning(`sleep ${mark}`).length === 0, {
      what: "all of it to be gone",
      deadlineMs: 1000,
    });
    await program.done;
  });

  it("says why there is none", async () => {
    expect(await trySandbox(join(world.dir, "nowhere"))).toMatchObject({
      whyNot: expect.stringContaining("nowhere"),
    });
  });
});
