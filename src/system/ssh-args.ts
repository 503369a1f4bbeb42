// The ssh command line, pure. Everything that matters is said here; no configuration file is read.
import type { HostKey } from "../domain/host.ts";

/** Where a host is. */
export interface SshPlace {
  /** The name under which the key is pinned and which rsync sees; the address goes to ssh alone. */
  readonly alias: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Whether this machine's processor has instructions for AES. */
  readonly hasAes: boolean;
}

/**
 * What ssh signs in with.
 *
 * `usual`: the keys that it looks for by itself. `file`: that private key. `agent`: those whose private halves an agent
 * holds; the files hold the public ones.
 */
export type SshCredentials =
  | { readonly from: "usual" }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "agent"; readonly socket: string; readonly publicKeyFiles: readonly string[] };

export type SshTarget = SshPlace & { readonly credentials: SshCredentials };

const [AES, CHACHA, OLDER] = [
  "aes128-gcm@openssh.com,aes256-gcm@openssh.com",
  "chacha20-poly1305@openssh.com",
  "aes128-ctr,aes192-ctr,aes256-ctr",
];

/** What this machine is fastest with comes first; the host has to agree (two thirds of the time for AES, measured with its instructions). */
const ciphersOf = ({ hasAes }: SshPlace): string =>
  (hasAes ? [AES, CHACHA, OLDER] : [CHACHA, AES, OLDER]).join(",");

/** Options of every connection. A cut or frozen host is noticed after `ServerAliveInterval` × `ServerAliveCountMax` = 60 s. */
const COMMON = [
  "BatchMode=yes",
  "IdentitiesOnly=yes",
  "ConnectTimeout=15",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=4",
  "GlobalKnownHostsFile=none",
  "UpdateHostKeys=no",
  "HashKnownHosts=no",
  "CheckHostIP=no",
  "ClearAllForwardings=yes",
  "Compression=no",
  "PermitLocalCommand=no",
  "ControlPersist=no",
];

const options = (list: readonly string[]): string[] => list.flatMap((option) => ["-o", option]);

/** A path inside an ssh option: ssh expands `%`, and splits file lists at blanks unless they are quoted. */
const sshPath = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

/** Not -i, which looks for the name before it has expanded it, so that one with a percent sign is never found. */
const identityFile = (path: string): string[] => ["-o", `IdentityFile=${sshPath(path)}`];

function credentialArgs(credentials: SshCredentials): string[] {
  switch (credentials.from) {
    case "usual":
      return [];
    case "file":
      return identityFile(credentials.path);
    case "agent":
      return [
        ...["-o", `IdentityAgent=${sshPath(credentials.socket)}`],
        ...credentials.publicKeyFiles.flatMap(identityFile),
      ];
    default:
      return credentials satisfies never;
  }
}

function connection(target: SshPlace, knownHosts: string): string[] {
  return [
    "ssh",
    "-F",
    "none",
    "-T",
    "-x",
    "-a",
    "-p",
    String(target.port),
    "-l",
    target.user,
    ...options([
      ...COMMON,
      `Ciphers=${ciphersOf(target)}`,
      `HostName=${target.address.replaceAll("%", "%%")}`,
      `HostKeyAlias=${target.alias}`,
    ]),
    "-o",
    `UserKnownHostsFile=${sshPath(knownHosts)}`,
  ];
}

/** Opens the one connection of a run. It stays in the foreground, so that it dies with its process group. */
export const masterArgs = (target: SshTarget, knownHosts: string, socket: string): string[] => [
  ...connection(target, knownHosts),
  ...credentialArgs(target.credentials),
  ...options(["StrictHostKeyChecking=yes", "ControlMaster=yes"]),
  "-S",
  socket,
  "-N",
  target.alias,
];

/**
 * Commands over that connection. Should it be gone, or take no further command, ssh must fail here and not quietly dial again: what
 * it would dial with ends at once.
 */
export const sharedArgs = (target: SshTarget, knownHosts: string, socket: string): string[] => [
  ...connection(target, knownHosts),
  ...credentialArgs(target.credentials),
  ...options(["StrictHostKeyChecking=yes", "ControlMaster=no", "ProxyCommand=false"]),
  "-S",
  socket,
];

/** Asks a host for its key and offers no credentials: the key exchange comes before any authentication. */
export const keyRequestArgs = (target: SshPlace, knownHosts: string): string[] => [
  ...connection(target, knownHosts),
  ...options([
    "StrictHostKeyChecking=accept-new",
    "PreferredAuthentications=none",
    "PubkeyAuthentication=no",
  ]),
  target.alias,
  "true",
];

/** known_hosts with the pinned keys, under the alias. */
export const knownHostsText = (alias: string, keys: readonly HostKey[]): string =>
  keys.map(({ type, key }) => `${alias} ${type} ${key}\n`).join("");

/** One word for a POSIX shell on the other side, where ssh leaves no choice. Nothing in it is special. */
export const remoteWord = (word: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
