// What an error of this server's own disk means for the person who runs pobsync.
import { getSystemErrorMessage } from "node:util";
import { Problem } from "../domain/problem.ts";

/** An error of a file operation as a Problem with a name; anything else is left as it is. */
export function diskProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path === undefined ? "" : ` (${path})`;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new Problem("server_disk_full", `The backup disk ran full${where}.`, {
        detail: error.message,
        cause: error,
      });
    case "EIO":
    case "EROFS":
    case "EACCES":
    case "EPERM":
    case "ENOTDIR":
    case "ENOENT":
      return new Problem("server_write_failed", `This server could not work on its own disk${where}.`, {
        detail: error.message,
        cause: error,
      });
    default:
      return error;
  }
}

const NOT_ALLOWED = ["EACCES", "EPERM"];
/** What a disk, a file system or a network in between says when it does not give what is stored there. */
const UNREADABLE = [
  ...NOT_ALLOWED,
  ...[
    "EIO",
    "EREMOTEIO",
    "EUCLEAN",
    "EBADMSG",
    "EILSEQ",
    "ENODATA",
    "ENODEV",
    "ENXIO",
    "ESTALE",
    "ETIMEDOUT",
  ],
  ...["ENOENT", "ENOTDIR", "ELOOP"],
];

/** An error of reading what is stored, as a Problem that says where; anything else is left as it is. */
export function readingProblem(error: unknown, where: string, hint?: string): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code = "", errno } = error as NodeJS.ErrnoException;
  if (!UNREADABLE.includes(code)) return error;
  const why = errno === undefined ? code : getSystemErrorMessage(errno);
  const next = NOT_ALLOWED.includes(code) ? AS_OWNER : hint;
  return new Problem("content_unreadable", `${where} could not be read: ${why}.`, {
    ...(next === undefined ? {} : { hint: next }),
    detail: error.message,
    cause: error,
  });
}

/** Backups hold other machines' secrets, so only whoever makes them may look. */
export const AS_OWNER = "Run pobsync as root, or as the user that makes the backups.";
