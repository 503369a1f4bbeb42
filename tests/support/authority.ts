// An authority of the test's own, and the certificate of a server that it has signed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./tool.ts";

export interface Authority {
  /** Its certificate, for those who are to trust it. */
  readonly file: string;
  /** For a server called localhost. */
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Makes them in a folder that is there, valid for two days. */
export async function makeAuthority(folder: string): Promise<Authority> {
  const at = (name: string): string => join(folder, name);
  const pair = (name: string): string[] => ["-newkey", "rsa:2048", "-nodes", "-keyout", at(`${name}.key`)];
  await runTool("openssl", [
    ...["req", "-x509", ...pair("authority"), "-out", at("authority.pem"), "-days", "2"],
    ...["-subj", "/CN=Authority of a test", "-addext", "keyUsage=critical,keyCertSign"],
  ]);
  await runTool("openssl", ["req", ...pair("server"), "-out", at("server.csr"), "-subj", "/CN=localhost"]);
  writeFileSync(at("names"), "subjectAltName=DNS:localhost\n");
  await runTool("openssl", [
    ...["x509", "-req", "-in", at("server.csr"), "-out", at("server.pem"), "-days", "2"],
    ...[
      "-CA",
      at("authority.pem"),
      "-CAkey",
      at("authority.key"),
      "-CAcreateserial",
      "-extfile",
      at("names"),
    ],
  ]);
  return {
    file: at("authority.pem"),
    key: readFileSync(at("server.key")),
    cert: readFileSync(at("server.pem")),
  };
}
