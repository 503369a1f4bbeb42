// The entry point of the program that reads contents: paths on standard input, checksums on standard output.
import { hashContents } from "../system/hash-contents.ts";

await hashContents(process.stdin, process.stdout);
