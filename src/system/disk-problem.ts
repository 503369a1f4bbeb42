// What an error of this server's own disk means for the person who runs pobsync.
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
