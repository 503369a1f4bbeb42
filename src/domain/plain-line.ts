// A sentence as it may go out to people elsewhere.
import { printable } from "./problem.ts";
import { withoutSecrets } from "./without-secrets.ts";

const LINE_CHARACTERS_MAX = 500;

const cut = (text: string, max: number): string => {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join("")}…`;
};

/** One line without control characters and passwords; what is too long is cut. */
export const plainLine = (text: string, max = LINE_CHARACTERS_MAX): string =>
  cut(printable(String(withoutSecrets(text))), max);
