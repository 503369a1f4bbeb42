// A password that does not come from a keyboard: from a file, or from a stream such as stdin.
import { passwordIn, readGiven, readPasswordFile } from "../../system/given-password.ts";

/** Exactly one of the two. Refuses with `bad_input` what is no single line of text. */
export type PasswordSource = { readonly file: string } | { readonly stream: AsyncIterable<Uint8Array> };

export const givenPassword = async (source: PasswordSource): Promise<string> =>
  "file" in source
    ? readPasswordFile(source.file)
    : passwordIn(await readGiven(source.stream), "What was given");
